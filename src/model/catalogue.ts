/** Calls that take the name of a module, of an object, of a distribution: the catalogue's rows, and their look-up. */

/** What an argument means. */
export type Meaning =
  /** A module's dotted name. */
  | "module"
  /** A module's dotted name; the value of the call is the top-level module unless `fromlist` is given. */
  | "top-module"
  /** `a.b.C` or `a.b:C`. */
  | "object"
  /** A module whose package's files are meant. */
  | "anchor"
  /** `a.b.`: what names of modules begin with. */
  | "module-prefix"
  /** A regular expression that names of modules match from their beginning. */
  | "module-regex"
  /** A namespace package to declare. */
  | "namespace-package"
  /** The name of a distribution; the value is its version. */
  | "version"
  /** The name of a distribution; the value is an object about it. */
  | "metadata"
  | "requirement"
  /** The name of a group of entry points: no module, however much it looks like one. */
  | "entry-point-group"
  /** A name of something else, that only looks like a module's: of a URL, of what is imported by code that is written for others. */
  | "label"
  /** A logger's name. */
  | "logger"
  /** A dictionary as `logging.config.dictConfig` takes it. */
  | "logging-configuration"
  /** Source code. */
  | "code";

export interface CatalogueRow {
  /** Qualified name of the callable; `@x.y` is the method `y` of a parameter that is called `x`, as test fixtures are. */
  readonly callable: string;
  /** Index of the argument; 99 where it is given by keyword only. */
  readonly argument: number;
  readonly keyword?: string;
  readonly meaning: Meaning;
  /** Index of `fromlist`, for `top-module`. */
  readonly fromlist?: number;
  /** Every positional argument has this meaning. */
  readonly every?: boolean;
  /** Function of the generated helper that stands in for the call. */
  readonly helper?: string;
}

export interface Catalogue {
  readonly rows: ReadonlyMap<string, readonly CatalogueRow[]>;
}

export function catalogueOf(rows: readonly CatalogueRow[]): Catalogue {
  const byCallable = new Map<string, CatalogueRow[]>();
  for (const row of rows) byCallable.set(row.callable, [...(byCallable.get(row.callable) ?? []), row]);
  return { rows: byCallable };
}
