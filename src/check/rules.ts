/** The static rules, in the order of reports; each with the codes it may give. */
import type { FindingCode } from "../diagnostics/codes.ts";
import type { Finding } from "../model/finding.ts";
import { findCollisions } from "./collisions.ts";
import { findDrift } from "./drift.ts";
import { findLeaks } from "./leaks.ts";
import { findStale } from "./stale.ts";
import type { Subject } from "./subject.ts";

export interface Rule {
  readonly name: string;
  /** A code that is in no rule's list came from the rewriter, which the leak rule lets speak. */
  readonly codes: readonly FindingCode[];
  readonly find: (subject: Subject) => Finding[];
}

export const rules: readonly Rule[] = [
  { name: "leaks", codes: ["leak"], find: findLeaks },
  { name: "drift", codes: ["copy-added", "copy-changed", "copy-irreversible", "copy-missing", "copy-mode", "manifest-changed"], find: findDrift },
  { name: "collisions", codes: ["name-provided-twice", "namespace-shadowed", "namespace-twice"], find: findCollisions },
  { name: "stale", codes: ["copy-unused", "requirement-missing", "settings-changed"], find: findStale },
];
