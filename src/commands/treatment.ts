/** What is done to a distribution besides relocating it: which files are left out, which patches apply, what licence it has. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Configuration } from "../config/read.ts";
import { normalisedName } from "../model/distribution.ts";
import { fileFailure } from "../model/failure.ts";
import type { Manifest, ManifestPatch } from "../model/manifest.ts";
import { type FilePatch, parsePatch } from "../patch/parsePatch.ts";
import { presets } from "../plan/chooseFiles.ts";
import type { Consumer } from "./consumer.ts";

export interface LoadedPatch extends ManifestPatch {
  readonly patches: readonly FilePatch[];
}

export interface Treatment {
  /** For `chooseFiles`. */
  readonly patterns: readonly string[];
  readonly patches: readonly LoadedPatch[];
  readonly license: string | undefined;
}

/** Patterns of the command line, which win over the configuration. */
export interface PatternOptions {
  readonly drop: readonly string[];
  readonly keep: readonly string[];
}

/** By the distribution's name. What neither command line nor configuration says, the manifest of an earlier run does. */
export function treatments(consumer: Pick<Consumer, "root" | "configuration">, manifest: Manifest | undefined, options: PatternOptions): (name: string) => Treatment {
  const { configuration, root } = consumer;
  const own = new Map(Object.entries(configuration.distributions ?? {}).map(([name, each]) => [normalisedName(name), each]));
  const loaded = new Map<string, Treatment>();
  return (name) => {
    const key = normalisedName(name);
    let treatment = loaded.get(key);
    if (!treatment) {
      const entry = manifest?.distributions.find((each) => normalisedName(each.name) === key);
      const mine = own.get(key);
      const configured = patternsOf(configuration, mine);
      const typed = [...options.drop, ...options.keep.map((glob) => `!${glob}`)];
      const patterns = typed.length > 0 ? [...configured, ...typed] : saysPatterns(configuration, mine) ? configured : (entry?.dropped ?? []);
      const files = mine?.patches || mine?.["patches-after"]
        ? [...(mine.patches ?? []).map((file) => ({ file })), ...(mine["patches-after"] ?? []).map((file) => ({ file, after: true as const }))]
        : configuration.present && !configuration.vendoring ? [] : (entry?.patches ?? []);
      const shared = (configuration.vendoring?.patches ?? []).map((file) => ({ file }));
      treatment = { patterns, patches: [...(configuration.vendoring ? shared : files)].map((each) => loadPatch(root, each)), license: mine?.license };
      loaded.set(key, treatment);
    }
    return treatment;
  };
}

function saysPatterns(configuration: Configuration, mine: { readonly drop?: unknown; readonly keep?: unknown } | undefined): boolean {
  return Boolean(configuration.drop ?? configuration.keep ?? configuration["drop-presets"] ?? configuration.vendoring ?? mine?.drop ?? mine?.keep);
}

function patternsOf(configuration: Configuration, mine: { readonly drop?: readonly string[]; readonly keep?: readonly string[] } | undefined): string[] {
  const ready = (configuration["drop-presets"] ?? []).flatMap((name) => presets[name]);
  const keep = [...(configuration.keep ?? []), ...(mine?.keep ?? [])].map((glob) => `!${glob}`);
  return [...ready, ...(configuration.drop ?? []), ...(configuration.vendoring?.drop ?? []), ...(mine?.drop ?? []), ...keep];
}

export function loadPatch(root: string, { file, after }: { readonly file: string; readonly after?: true }): LoadedPatch {
  let content: Buffer;
  try {
    content = readFileSync(join(root, file));
  } catch (error) {
    throw fileFailure(error, join(root, file));
  }
  return { file, sha256: createHash("sha256").update(content).digest("hex"), ...(after ? { after } : {}), patches: parsePatch(content.toString("latin1"), file) };
}
