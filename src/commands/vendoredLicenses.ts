/** Licence files where `[tool.vendoring]` has them: in the library's directory, not only in its `.dist-info`; from a URL where the archive has none. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contentOf } from "../acquire/content.ts";
import type { EngineOptions } from "../acquire/engine.ts";
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
  /** Those that came from a URL, by the distribution's name. */
  readonly fetched: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** Nothing without `[tool.vendoring]`. A licence that was fetched once is read where it lies while its digest is the manifest's; a network that is not there is a finding. */
export async function placeLicenses(consumer: Consumer, layouts: readonly Layout[], state: NamespaceState, options: EngineOptions | undefined, host: Host): Promise<PlacedLicenses> {
  const [files, fetched, findings]: [Map<string, Buffer>, Map<string, string>, Finding[]] = [new Map(), new Map(), []];
  const { vendoring } = consumer.configuration;
  if (!vendoring) return { files, fetched, findings };
  const taken = new Set(layouts.flatMap(({ placements }) => placements.map(({ destination }) => destination)));
  const put = (path: string, content: Buffer): boolean => {
    if (taken.has(path)) return false;
    taken.add(path);
    files.set(path, content);
    return true;
  };
  for (const layout of layouts) {
    const { distribution } = layout;
    const { name, licenseFiles } = distribution.metadata;
    const place = placeOf(layout, vendoring.licenseDirectories);
    for (const path of licenseFiles) {
      const inside = /^[^/]+\.dist-info\/(?:licenses\/|license_files\/)?(.+)$/.exec(path)?.[1];
      const content = inside === undefined ? undefined : contentIn(distribution, path);
      if (content && inside !== undefined) put(place(inside.replaceAll("/", "-")), content);
    }
    const url = Object.entries(vendoring.licenseUrls).find(([key]) => normalisedName(key) === normalisedName(name))?.[1];
    if (url === undefined || licenseFiles.length > 0) continue;
    const path = place(/([^/?#]+)(?:[?#].*)?$/.exec(url)?.[1] ?? "LICENSE");
    const kept = keptFile(consumer, state, path);
    const found = kept ? { content: kept } : await fetchUrl(url, options ?? fetchOptions({}, consumer.configuration, consumer.root), host);
    if ("error" in found) findings.push(finding("license-unavailable", `its licence cannot be fetched: ${found.error}`, { distribution: name }));
    else if (put(path, found.content)) fetched.set(name, path);
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

/** The file as it lies there, while it is what an earlier run put there. */
function keptFile(consumer: Consumer, state: NamespaceState, path: string): Buffer | undefined {
  const known = state.manifest?.generated.find((each) => each.path === path);
  const full = join(consumer.namespaceDirectory, path);
  if (!known || !existsSync(full)) return undefined;
  const content = readFileSync(full);
  return createHash("sha256").update(content).digest("hex") === known.sha256 ? content : undefined;
}
