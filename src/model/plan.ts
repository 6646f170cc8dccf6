/** Several services on one system: who demands what, and what is relocated into whom. Names of distributions are normalised (PEP 503). */

/** One requirement of somebody, as it holds on the host: its marker was true, and is gone. */
export interface Demand {
  readonly name: string;
  /** Normalised, sorted. */
  readonly extras: readonly string[];
  /** `<2,>=1.5`, "" for none; undefined for a URL. */
  readonly specifier: string | undefined;
  /** What pip is given, and what people read: `testtools[x]<2`. */
  readonly text: string;
}

/** A distribution as the resolver chose it. */
export interface Resolved {
  readonly name: string;
  /** As its metadata spells it. */
  readonly label: string;
  readonly version: string;
  /** Requires-Dist lines (PEP 508), all of them. */
  readonly requires: readonly string[];
  /** Where the resolver would get it. */
  readonly url: string | undefined;
}

/** One of the PROJECTs. */
export interface Service {
  /** What it is called in messages and results: its distribution's name, else its directory's. */
  readonly id: string;
  readonly version: string | undefined;
  /** Its own requirements. */
  readonly demands: readonly Demand[];
  /** What the service comes to when it is alone, by name; the service itself is not among them. */
  readonly alone: ReadonlyMap<string, Resolved>;
  /** The requirements of each of those, as they hold for the extras that are asked for. */
  readonly edges: ReadonlyMap<string, readonly Demand[]>;
}

/** A demand that the shared installation has to meet; `parent` is undefined where the service itself, or the system, makes it. */
export interface Line {
  /** Undefined: a constraint or what the system provides; nobody can relocate that away. */
  readonly service: string | undefined;
  readonly parent: string | undefined;
  readonly demand: Demand;
}

/** `relocate this distribution into this service`. */
export interface Pair {
  readonly service: string;
  readonly name: string;
}

/** Which distributions each service has to itself, by service. */
export type Assignment = ReadonlyMap<string, ReadonlySet<string>>;

export interface Weight {
  /** Of the archive. */
  readonly bytes: number;
  /** Why it cannot be relocated. */
  readonly blocked: string | undefined;
  readonly preferred: boolean;
}

/** The resolver's answer for one set of lines. */
export type Answer =
  | { readonly kind: "resolved"; readonly items: readonly Resolved[]; readonly environment: Readonly<Record<string, string>> }
  | {
      readonly kind: "conflict";
      /** The resolver's own words, shortened. */
      readonly words: string;
      /** Names of distributions in them: where to look first, no more than a hint. */
      readonly mentioned: ReadonlySet<string>;
    };
