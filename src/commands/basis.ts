/** What decides, besides the sources, how a copy comes out. */
import { createHash } from "node:crypto";
import type { Manifest } from "../model/manifest.ts";
import { HELPER_NAME } from "../rewrite/helperModule.ts";
import type { Consumer } from "./consumer.ts";
import type { ReferenceSettings } from "./fileJob.ts";

export interface References {
  readonly verified: "rewrite" | "report";
  /** Names that are known only at run time go through a generated helper. */
  readonly runtimeMap: boolean;
}

export type Basis = Pick<Manifest, "targetPython" | "settings" | "isolated">;

/** What the command line does not say is the default. */
export function basisOf(consumer: Consumer, { verified = "rewrite", runtimeMap = false }: Partial<References>): { readonly basis: Basis; readonly references: ReferenceSettings } {
  const references: ReferenceSettings = { helper: `${consumer.namespace}.${HELPER_NAME}`, ...(consumer.configuration.vendoring ? { leavesLookUps: true } : {}), verified, runtimeMap, rows: consumer.configuration.catalogue ?? [], leave: consumer.configuration.leave ?? [] };
  const { "isolate-optional": isolated = false, "isolate-optional-except": except } = consumer.configuration;
  const isolation = isolated === false ? {} : { isolated, except, dependencies: consumer.dependencies };
  const choices = JSON.stringify({ ...isolation, rows: references.rows, leave: references.leave.map(({ string, path }) => ({ string, path })), verified, runtimeMap });
  const defaults = JSON.stringify({ rows: [], leave: [], verified: "rewrite", runtimeMap: false });
  return { basis: { targetPython: consumer.target.join("."), ...(choices === defaults ? {} : { settings: createHash("sha256").update(choices).digest("hex") }) }, references };
}

export interface RecordedSettings {
  readonly references: ReferenceSettings;
  /** False when the configuration says something else now: the copies would come out differently. */
  readonly current: boolean;
}

const choices = [false, true].flatMap((runtimeMap) => (["rewrite", "report"] as const).map((verified): References => ({ verified, runtimeMap })));

/** The settings that a namespace was vendored with: a check has to decide as vendoring did. The manifest has a digest of the choices; those of the command line are found again by trying. */
export function recordedSettings(consumer: Consumer, manifest: Manifest): RecordedSettings {
  const tried = (choice: Partial<References>): ReturnType<typeof basisOf> => basisOf({ ...consumer, namespace: manifest.namespace }, choice);
  const found = choices.map(tried).find(({ basis }) => basis.settings === manifest.settings);
  return { references: (found ?? tried({})).references, current: found !== undefined };
}
