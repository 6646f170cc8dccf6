/** Licence files that a wheel lacks: from its source archive, or from a URL; and with `[tool.vendoring]` all of them where its users know them, in the library's directory. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ArchiveCache } from "../acquire/cache.ts";
import { contentOf } from "../acquire/content.ts";
import type { EngineOptions } from "../acquire/engine.ts";
import { licensesOfSdist } from "../acquire/sdist.ts";
import { fetchUrl } from "../acquire/urlText.ts";
import type { Host } from "../host/host.ts";
import { type Distribution, normalisedName } from "../model/distribution.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { Layout } from "../plan/layout.ts";
import type { Consumer } from "./consumer.ts";
import { fetchOptions } from "./fetchSettings.ts";
import type { NamespaceState } from "./namespaceState.ts";

export interface PlacedLicenses {
  /** Below the namespace directory. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Those that came from elsewhere than the wheel, by the distribution's name. */
  readonly fetched: ReadonlyMap<string, readonly string[]>;
  readonly findings: readonly Finding[];
}

/** A licence that was found elsewhere once is read where it lies, while its digest is the manifest's; a network that is not there is a finding. */
export async function placeLicenses(consumer: Consumer, layouts: readonly Layout[], state: NamespaceState, options: EngineOptions | undefined, host: Host): Promise<PlacedLicenses> {
  const [files, fetched, findings]: [Map<string, Buffer>, Map<string, string[]>, Finding[]] = [new Map(), new Map(), []];
  const { vendoring } = consumer.configuration;
  const taken = new Set(layouts.flatMap(({ placements }) => placements.map(({ destination }) => destination)));
  const put = (path: string, content: Buffer, name?: string): void => {
    if (taken.has(path)) return;
    taken.add(path);
    files.set(path, content);
    if (name !== undefined) fetched.set(name, [...(fetched.get(name) ?? []), path]);
  };
  for (const layout of layouts) {
    const { distribution } = layout;
    const { name, licenseFiles } = distribution.metadata;
    const info = distribution.files.map(({ path }) => /^[^/]+\.dist-info(?=\/)/.exec(path)?.[0]).find((each) => each !== undefined);
    const place = vendoring ? placeOf(layout, vendoring.licenseDirectories) : (file: string): string => `${info ?? name}/licenses/${file}`;
    for (const path of vendoring ? licenseFiles : []) {
      const inside = /^[^/]+\.dist-info\/(?:licenses\/|license_files\/)?(.+)$/.exec(path)?.[1];
      const content = inside === undefined ? undefined : contentIn(distribution, path);
      if (content && inside !== undefined) put(place(inside.replaceAll("/", "-")), content);
    }
    if (licenseFiles.length > 0 || distribution.licensesBeside) continue;
    const kept = keptFiles(consumer, state, distribution);
    const archive = !kept && distribution.source.kind === "sdist" ? await new ArchiveCache(host).find(distribution.source.sha256) : undefined;
    if (!kept && !archive && distribution.source.kind === "sdist") findings.push(finding("license-unavailable", "its wheel has no licence file, and its source archive is not at hand to look into", { distribution: name }));
    const found = kept ?? new Map([...(archive ? licensesOfSdist(archive.path) : [])].map(([file, content]) => [place(file), content] as const));
    for (const [path, content] of found) put(path, content, name);
    const url = found.size > 0 ? undefined : Object.entries(vendoring?.licenseUrls ?? {}).find(([key]) => normalisedName(key) === normalisedName(name))?.[1];
    if (url === undefined) continue;
    const text = await fetchUrl(url, options ?? fetchOptions({}, consumer.configuration, consumer.root), host);
    if ("error" in text) findings.push(finding("license-unavailable", `its licence cannot be fetched: ${text.error}`, { distribution: name }));
    else put(place(/([^/?#]+)(?:[?#].*)?$/.exec(url)?.[1] ?? "LICENSE"), text.content, name);
  }
  return { files, fetched, findings };
}

/** Where a licence of the distribution goes: beside its modules, where the configuration says, or in front of all with its name. */
function placeOf({ distribution, placements }: Layout, directories: Readonly<Record<string, string>>): (file: string) => string {
  const { name } = distribution.metadata;
  const configured = Object.entries(directories).find(([key]) => normalisedName(key) === normalisedName(name))?.[1].replace(/^\/+|\/+$/g, "");
  const own = [name, name.toLowerCase().replaceAll("-", "_")].find((each) => placements.some(({ destination }) => destination.startsWith(`${each}/`)));
  const directory = own ?? configured;
  return (file) => (directory === undefined ? `${name}.${file}` : `${directory}/${file}`);
}

function contentIn(distribution: Distribution, path: string): Buffer | undefined {
  const file = distribution.files.find((each) => each.path === path);
  if (!file) return undefined;
  // A copy that stays has its licences as they were: nothing rewrites them.
  return file.locator.kind === "relocated" ? readFileSync(file.locator.path) : contentOf(file);
}

/** Those that an earlier run found elsewhere for the same source, while they are as it left them. */
function keptFiles(consumer: Consumer, state: NamespaceState, { metadata, source }: Distribution): ReadonlyMap<string, Buffer> | undefined {
  const entry = state.manifest?.distributions.find((each) => normalisedName(each.name) === normalisedName(metadata.name) && each.source.sha256 === source.sha256);
  const known = new Map((state.manifest?.generated ?? []).map(({ path, sha256 }) => [path, sha256]));
  const kept = (entry?.license.files ?? []).flatMap((path) => {
    const full = join(consumer.namespaceDirectory, path);
    if (!known.has(path) || !existsSync(full)) return [];
    const content = readFileSync(full);
    return createHash("sha256").update(content).digest("hex") === known.get(path) ? [[path, content] as const] : [];
  });
  return kept.length > 0 ? new Map(kept) : undefined;
}
