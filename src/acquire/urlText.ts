/** A small file at a URL, such as a licence: fetched once, then taken from the cache, by the digest that it had. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Host } from "../host/host.ts";
import { ArchiveCache } from "./cache.ts";
import { download } from "./download.ts";
import type { EngineOptions } from "./engine.ts";
import { redact } from "./redact.ts";

/** Bytes. */
const LIMIT = 1 << 20;

export type UrlText = { readonly content: Buffer } | { readonly error: string };

/** Never throws for what the network does. URLs may hold credentials; errors do not. */
export async function fetchUrl(url: string, options: EngineOptions, host: Host): Promise<UrlText> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return { error: `${redact(url)} is no address of the web` };
  const cache = new ArchiveCache(host);
  const note = join(cache.directory, "urls", createHash("sha256").update(url).digest("hex"));
  const known = await cache.find(noteOf(note));
  if (known) return { content: readFileSync(known.path) };
  if (options.offline) return { error: "--offline forbids to fetch it" };
  const scratch = host.temporaryDirectory("enisle-url-");
  try {
    const path = join(scratch, basename(new URL(url).pathname) || "file");
    const python = options.pip.at(-2) === "-m" ? options.pip.slice(0, -2) : ["python3"];
    const [end] = await download([{ url, path, limit: LIMIT }], python, [], scratch, host);
    if (end) return { error: end.error };
    const { sha256 } = await cache.store(path);
    mkdirSync(join(cache.directory, "urls"), { recursive: true });
    writeFileSync(`${note}.new`, `${sha256}\n`);
    renameSync(`${note}.new`, note);
    return { content: readFileSync(path) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function noteOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
