/** A downloaded advisory database, kept below the user's cache directory: asked for when it is told to, renewed when it is old, never half there. */
import { createHash, randomBytes } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Host } from "../host/host.ts";
import { Failure, fileFailure } from "../model/failure.ts";
import { readDatabase } from "./advisories.ts";
import { ArchiveCache } from "./cache.ts";
import { redactRequirement } from "./redact.ts";

/** All advisories for PyPI in one archive, as OSV (osv.dev) exports them. */
export const DEFAULT_URL = "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip";

export interface DownloadedDatabase {
  /** Absolute. */
  readonly path: string;
  /** For people: without credentials. */
  readonly url: string;
  /** When it was downloaded, or was last said to be unchanged; ISO 8601. */
  readonly fetched: string;
  /** Why it could not be renewed. */
  readonly stale?: string;
}

interface Note {
  readonly url: string;
  readonly fetched: string;
  readonly etag?: string;
  readonly modified?: string;
}

const MAX_SIZE = 2 ** 30;
/** No byte for so long: nobody answers. */
const PATIENCE = 60_000;
const DAY = 86_400_000;
const NOTE_NAME = "download.json";
const WAY_OUT = "Check the network and the URL, or get the archive by other means and name it: --db all.zip.";

/** What an earlier run downloaded: from this URL, else what was downloaded last from any. */
export function downloadedDatabase(url: string | undefined, host: Host): DownloadedDatabase | undefined {
  const place = url === undefined ? undefined : placeOf(url, host);
  const note = place && noteOf(place);
  if (place && note && existsSync(place.archive)) return { path: place.archive, url: note.url, fetched: note.fetched };
  return allDownloaded(host).sort((a, b) => (a.fetched < b.fetched ? 1 : a.fetched > b.fetched ? -1 : a.path < b.path ? -1 : 1))[0];
}

function allDownloaded(host: Host): DownloadedDatabase[] {
  const below = directoryOf(host);
  return (existsSync(below) ? readdirSync(below) : []).flatMap((name) => {
    const directory = join(below, name);
    const note = noteOf({ note: join(directory, NOTE_NAME) });
    const archive = note && readdirSync(directory).find((file) => file.startsWith("database."));
    return note && archive !== undefined ? [{ path: join(directory, archive), url: note.url, fetched: note.fetched }] : [];
  });
}

/** The database of this URL, not older than a day. Throws Failure when there is none and none can be had; one that can only not be renewed is given with the reason. */
export async function fetchDatabase(url: string, host: Host, now = Date.now()): Promise<DownloadedDatabase> {
  if (!/^https?:\/\/./i.test(url)) throw new Failure(`${url}: is no URL of a database`, "Write it with https://; for a file or a directory there is --db.");
  const place = placeOf(url, host);
  const note = existsSync(place.archive) ? noteOf(place) : undefined;
  const shown = redactRequirement(url);
  if (note && now - Date.parse(note.fetched) < DAY) return { path: place.archive, url: shown, fetched: note.fetched };
  host.progress(`Downloading ${shown}`);
  const fetched = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  const staged = join(place.directory, `.${randomBytes(6).toString("hex")}${place.extension}`);
  try {
    mkdirSync(place.directory, { recursive: true, mode: 0o700 });
    const fresh = await download(url, shown, note, staged, host);
    if (fresh) {
      await readDatabase(staged, new Set(), (name) => name); // it has to be one before it takes the place of one
      renameSync(staged, place.archive);
    }
    writeNote(place, { url: shown, fetched, ...(fresh ?? (note ? { ...(note.etag === undefined ? {} : { etag: note.etag }), ...(note.modified === undefined ? {} : { modified: note.modified }) } : {})) });
    return { path: place.archive, url: shown, fetched };
  } catch (error) {
    const failure = fileFailure(error, place.directory);
    if (!(failure instanceof Failure)) throw error;
    const reason = failure.message.replaceAll(staged, shown);
    if (!note) throw new Failure(reason, failure.wayOut ?? WAY_OUT);
    return { path: place.archive, url: shown, fetched: note.fetched, stale: reason };
  } finally {
    rmSync(staged, { force: true });
  }
}

/** Undefined when the server says that what is there is current. */
async function download(url: string, shown: string, note: Note | undefined, staged: string, host: Host): Promise<Pick<Note, "etag" | "modified"> | undefined> {
  const control = new AbortController();
  let timer = setTimeout(() => control.abort(), PATIENCE);
  const failed = (why: string): Failure => new Failure(`${shown}: ${why}`, WAY_OUT);
  try {
    const { target, headers } = requestOf(url, note);
    const response = await fetch(target, { headers, signal: control.signal });
    if (response.status === 304 && note) return undefined;
    if (/^https:/i.test(url) && response.url !== "" && !/^https:/i.test(response.url)) throw failed("leads to a place that is not encrypted");
    if (!response.ok || !response.body) throw failed(`the server answers ${response.status} ${response.statusText.slice(0, 60)}`.trim());
    let size = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(() => control.abort(), PATIENCE);
        size += chunk.length;
        host.progress(`Downloading ${shown}: ${Math.floor(size / 2 ** 20)} MiB`);
        if (size > MAX_SIZE) done(failed(`is more than ${MAX_SIZE / 2 ** 30} GiB`));
        else done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as ReadableStream), counted, createWriteStream(staged, { fd: openSync(staged, "wx", 0o600) })); // open now: not after whoever cleans up
    const [etag, modified] = [response.headers.get("etag"), response.headers.get("last-modified")];
    return { ...(etag === null ? {} : { etag }), ...(modified === null ? {} : { modified }) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && /^E(?:NOSPC|ACCES|ROFS|DQUOT|PERM)$/.test(code)) throw fileFailure(error, staged);
    throw failed(`cannot be downloaded (${reasonOf(error, control.signal.aborted)})`);
  } finally {
    clearTimeout(timer);
  }
}

/** Credentials of a URL go into a header: `fetch` takes none in the URL. */
function requestOf(url: string, note: Note | undefined): { readonly target: URL; readonly headers: Record<string, string> } {
  let target: URL;
  try {
    target = new URL(url);
  } catch {
    throw new Failure(`${redactRequirement(url)}: is no valid URL`, WAY_OUT);
  }
  const { username, password } = target;
  [target.username, target.password] = ["", ""];
  return {
    target,
    headers: {
      ...(username === "" ? {} : { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}` }),
      ...(note?.etag === undefined ? {} : { "if-none-match": note.etag }),
      ...(note?.modified === undefined ? {} : { "if-modified-since": note.modified }),
    },
  };
}

function reasonOf(error: unknown, aborted: boolean): string {
  if (aborted) return `no answer for ${PATIENCE / 1000} seconds`;
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}

interface Place {
  readonly directory: string;
  readonly extension: string;
  readonly archive: string;
  readonly note: string;
}

function placeOf(url: string, host: Host): Place {
  const directory = join(directoryOf(host), createHash("sha256").update(url).digest("hex").slice(0, 16));
  const extension = /\.(?:zip|json|ya?ml|tar(?:\.\w+)?|tgz)(?=$|[?#])/i.exec(url)?.[0].toLowerCase() ?? ".zip";
  return { directory, extension, archive: join(directory, `database${extension}`), note: join(directory, NOTE_NAME) };
}

function directoryOf(host: Host): string {
  return join(new ArchiveCache(host).directory, "advisories");
}

/** A note that cannot be read is none: then the database is downloaded again. */
function noteOf({ note }: Pick<Place, "note">): Note | undefined {
  try {
    const value = JSON.parse(readFileSync(note, "utf8")) as Note;
    return typeof value.url === "string" && typeof value.fetched === "string" && !Number.isNaN(Date.parse(value.fetched)) ? value : undefined;
  } catch {
    return undefined;
  }
}

function writeNote({ note }: Place, value: Note): void {
  const staged = `${note}.${process.pid}.tmp`;
  writeFileSync(staged, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  renameSync(staged, note);
}
