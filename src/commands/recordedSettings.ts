/** The settings that a namespace was vendored with: `check` has to decide as vendoring did. */
import type { Manifest } from "../model/manifest.ts";
import { HELPER_NAME } from "../rewrite/helperModule.ts";
import type { Consumer } from "./consumer.ts";
import type { ReferenceSettings } from "./fileJob.ts";
import { basisOf } from "./basis.ts";

export interface RecordedSettings {
  readonly references: ReferenceSettings;
  /** False when the configuration says something else now: the copies would come out differently. */
  readonly current: boolean;
}

/** The manifest has a digest of the choices; those of the command line are found again by trying. */
export function recordedSettings(consumer: Consumer, manifest: Manifest): RecordedSettings {
  const configured = { helper: `${manifest.namespace}.${HELPER_NAME}`, ...(consumer.configuration.vendoring ? { leavesLookUps: true as const } : {}), rows: consumer.configuration.catalogue ?? [], leave: consumer.configuration.leave ?? [] };
  for (const runtimeMap of [false, true]) {
    for (const verified of ["rewrite", "report"] as const) {
      const references = { ...configured, verified, runtimeMap };
      if (basisOf(consumer, references).basis.settings === manifest.settings) return { references, current: true };
    }
  }
  return { references: { ...configured, verified: "rewrite", runtimeMap: false }, current: false };
}
