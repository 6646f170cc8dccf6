/** What the reports of a plan draw from, besides its result. */
import type { PlannedRelocation } from "./outcome.ts";
import type { Assignment, Service } from "./plan.ts";
import type { ProjectDescription } from "./project.ts";

/** What a project declares so that `enisle vendor` does what was planned. */
export interface PlannedSection {
  readonly project: string;
  /** As typed. */
  readonly asked: string;
  /** For a source tree, the lines of `[tool.enisle]`; for an archive, the command that does the same. */
  readonly vendor: readonly string[];
  readonly kind: "tree" | "wheel";
  readonly command: string | undefined;
}

/** A PROJECT as it was named. */
export interface PlannedProject extends Pick<ProjectDescription, "id" | "asked" | "kind" | "path" | "name"> {}

export interface PlanDetails {
  readonly services: readonly Service[];
  readonly projects: readonly PlannedProject[];
  readonly assignment: Assignment;
  readonly relocations: readonly PlannedRelocation[];
  readonly shared: readonly { readonly name: string; readonly version: string }[];
  readonly sections: readonly PlannedSection[];
  /** Where there is no plan. */
  readonly conflict: { readonly chains: readonly string[]; readonly reasons: readonly string[]; readonly words: string | undefined; /** Of the distributions that the demands are on. */ readonly names: readonly string[] } | undefined;
  /** By service and name. */
  readonly along: ReadonlyMap<string, { readonly along: string; readonly why: string }>;
  /** The one line; empty where there is no plan. */
  readonly install: string;
  /** How often pip was asked. */
  readonly asked: number;
}
