/**
 * A crew for many projects that hold copies of the same distributions. What a copy's file comes to differs between them in nothing but the name of
 * the namespace, so it is relocated once, into a template (fileTemplate.ts), and filled in for each project. Everything else goes to the crew behind it.
 *
 * A file is shared only where that is certain: relocation looks at the name of the namespace's root in a file's own text and nowhere else, so a file that has it,
 * be it as a part of a word, is relocated by itself; a template that two stand-ins do not agree on is none; and that it leaks nothing was seen in a project that was checked in full.
 */
import { hash } from "node:crypto";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Relocation } from "../model/relocation.ts";
import { HELPER_NAME } from "../rewrite/helperModule.ts";
import { type VerifiedFile, isAsNew, link, readFile, writeFile } from "./copiedFile.ts";
import { type FileJob, type FileResult, type JobSettings, plainResult } from "./fileJob.ts";
import { type FileTemplate, type FilledFile, fill, standIn, templateOf } from "./fileTemplate.ts";
import { directoryMaker } from "./makeDirectories.ts";
import type { Crew } from "./runJobs.ts";
import { below, identityOf, keyOf, pathOf } from "./sharedIdentity.ts";

/** Bytes of contents that are kept: beyond it every project's files are relocated by themselves. */
const MOST_KEPT = 32 * 2 ** 20;
const MOST_SETS = 4;

interface SharedFile {
  readonly template: FileTemplate;
  /** A staged file of it was read back and relocated again, and nothing would have been rewritten. */
  clean: boolean;
}

interface SharedSet {
  /** By the identity of the job. */
  readonly files: ReadonlyMap<string, SharedFile>;
  /** Every word of their texts, a line each. */
  readonly words: string;
}

interface Staged extends FilledFile {
  readonly shared: SharedFile;
  /** It is the very file of the copy that is replaced, which was verified. */
  readonly linked: boolean;
}

/** What is known of the project at hand. */
interface Copy {
  /** By their path below the namespace. */
  readonly verified: Map<string, VerifiedFile>;
  /** By the path where they are staged. */
  readonly staged: Map<string, Staged>;
  readonly makeDirectory: (directory: string) => void;
}

/** One crew a project, which know the same; the crew behind them is dismissed by whoever hired it. */
export function sharingCrews(crew: Crew): () => Crew {
  const sets = new Map<string, Promise<SharedSet>>();
  const known = new Map<string, { readonly content: Buffer; readonly sha256: string }>();
  const umask = process.umask();
  let kept = 0;

  /** The digest of a file; without computing it where the same file of the project before had the same bytes. */
  function digest({ label, locator }: FileJob, verified: Map<string, VerifiedFile> | undefined): FileResult {
    if (locator.kind !== "file") throw new Error("invariant: only files are verified");
    const { content, stats } = readFile(locator.path);
    if (!verified) return plainResult(hash("sha256", content), content.length);
    const same = known.get(label);
    let sha256 = same?.content.equals(content) === true ? same.sha256 : undefined;
    if (sha256 === undefined) {
      sha256 = hash("sha256", content);
      const grown = kept + content.length - (same?.content.length ?? 0);
      if (grown <= MOST_KEPT) {
        kept = grown;
        known.set(label, { content, sha256 });
      }
    }
    verified.set(label, { path: locator.path, sha256, stats });
    return plainResult(sha256, content.length);
  }

  function stage(job: FileJob, shared: SharedFile, names: readonly string[], { verified, staged, makeDirectory }: Copy): FileResult {
    const filled = fill(shared.template, names, job.label);
    const target = job.target ?? "";
    makeDirectory(dirname(target));
    const old = verified.get(below(target));
    const linked = old?.sha256 === filled.result.sha256Now && isAsNew(old.stats, job.executable, umask) && link(old, target);
    if (!linked) writeFile(target, filled.content, job.executable);
    staged.set(target, { ...filled, shared, linked });
    return filled.result;
  }

  /** Reads a staged file back. Undefined where it has to be looked at as well. */
  function readBack(path: string, { content, result, shared, linked }: Staged): FileResult | undefined {
    if (result.changed && !shared.clean) return undefined;
    const found = linked ? content : readFile(path).content;
    return plainResult(content.equals(found) ? result.sha256Now : hash("sha256", found), found.length);
  }

  async function shareable(jobs: readonly FileJob[], identities: readonly string[], settings: JobSettings, namespace: string): Promise<SharedSet | undefined> {
    const key = keyOf(jobs, identities, settings, namespace);
    if (key === undefined || (!sets.has(key) && bytesOf(jobs) > MOST_KEPT)) return undefined;
    const made = sets.get(key) ?? makeSet(crew, jobs, identities, settings, namespace);
    sets.delete(key);
    sets.set(key, made);
    const [oldest] = sets.keys();
    if (sets.size > MOST_SETS && oldest !== undefined) sets.delete(oldest);
    return made;
  }

  return () => {
    let copy: Copy = { verified: new Map(), staged: new Map(), makeDirectory: directoryMaker() };
    return {
      dismiss: async () => undefined,
      async run(jobs, settings, progress) {
        if (settings.keepContents) return crew.run(jobs, settings, progress);
        const results = Array.from<FileResult | undefined>({ length: jobs.length });
        const copying = jobs.filter(isCopying);
        const identities = copying.map(identityOf);
        const namespace = namespaceOf(settings);
        const set = copying.length > 0 && namespace !== undefined ? await shareable(copying, identities, settings, namespace) : undefined;
        if (set) copy = { ...copy, staged: new Map(), makeDirectory: directoryMaker() };
        const { staged } = copy;
        const verifying = jobs.length > 0 && jobs.every(isPlain) && !jobs.some((job) => staged.has(pathOf(job)));
        if (verifying) copy = { ...copy, verified: new Map() };
        const names = namespace?.split(".") ?? [];
        const isNamed = set?.words.includes(names[0] ?? "") === true;
        let next = 0;
        for (const [index, job] of jobs.entries()) {
          const shared = job === copying[next] ? set?.files.get(identities[next++] ?? "") : undefined;
          const found = job.target === undefined ? staged.get(pathOf(job)) : undefined;
          if (shared && !(isNamed && isRead(job) && mentions(shared.template, names[0] ?? ""))) results[index] = stage(job, shared, names, copy);
          else if (found) results[index] = readBack(pathOf(job), found);
          else if (isPlain(job)) results[index] = digest(job, verifying ? copy.verified : undefined);
        }
        const rest = jobs.flatMap((job, index) => (results[index] ? [] : [{ job, index }]));
        const done = jobs.length - rest.length;
        const others = rest.length === 0 ? [] : await crew.run(rest.map(({ job }) => job), settings, (more) => progress(done + more));
        rest.forEach(({ job, index }, each) => {
          const result = others[each];
          results[index] = result;
          const found = job.target === undefined ? staged.get(pathOf(job)) : undefined;
          if (found && result?.sites.every((site) => site.outcome !== "rewritten")) found.shared.clean = true;
        });
        progress(jobs.length);
        return results as FileResult[];
      },
    };
  };
}

/** Relocates into two namespaces that stand for all, writing nothing. */
async function makeSet(crew: Crew, jobs: readonly FileJob[], identities: readonly string[], settings: JobSettings, namespace: string): Promise<SharedSet> {
  const looking = jobs.map((job): FileJob => ({ ...job, target: undefined }));
  const components = namespace.split(".").length;
  const [first, second] = [standIn(components, 0), standIn(components, 1)];
  const [results, others] = [await crew.run(looking, moved(settings, namespace, first), () => undefined), await crew.run(looking, moved(settings, namespace, second), () => undefined)];
  const [files, words] = [new Map<string, SharedFile>(), new Set<string>()];
  for (const [index, job] of jobs.entries()) {
    const [result, other] = [results[index], others[index]];
    if (!result?.before || !result.after || !other?.after) continue;
    const [source, content] = [Buffer.from(result.before), Buffer.from(result.after)];
    const template = templateOf(result, source, result.changed ? content : source, first);
    if (!template || !agrees(fill(template, second, job.label), other)) continue;
    files.set(identities[index] ?? "", { template, clean: false });
    if (isRead(job)) for (const word of source.toString("latin1").match(/[A-Za-z_]\w*/g) ?? []) words.add(word);
  }
  return { files, words: [...words].join("\n") };
}

/** The same settings for another namespace. */
function moved(settings: JobSettings, namespace: string, names: readonly string[]): JobSettings {
  const target = names.join(".");
  const map = (relocations: readonly Relocation[]): Relocation[] => relocations.map((each) => ({ ...each, to: target + each.to.slice(namespace.length) }));
  return { ...settings, maps: settings.maps.map(map), references: { ...settings.references, helper: `${target}.${HELPER_NAME}` }, keepContents: true };
}

function agrees({ content, result }: FilledFile, other: FileResult): boolean {
  const told = ({ before: _before, after: _after, ...rest }: FileResult): string => JSON.stringify(rest);
  return other.after !== undefined && content.equals(other.after) && told(result) === told(other);
}

/** The namespace that all relocations lead to; undefined where they do not, or where its name is no plain ASCII. */
function namespaceOf({ maps, references: { helper, leave } }: JobSettings): string | undefined {
  const namespace = helper?.slice(0, -HELPER_NAME.length - 1);
  if (namespace === undefined || leave.length > 0 || !/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(namespace)) return undefined;
  return maps.flat().every(({ from, to }) => to === `${namespace}.${from}`) ? namespace : undefined;
}

/** A file that is staged beside the others of its copy, from bytes that are known without reading it. */
function isCopying({ inPlace, target, patched, locator, sha256 }: FileJob): boolean {
  return !inPlace && target !== undefined && patched === undefined && below(target) !== "" && (locator.kind === "entry" || sha256 !== undefined);
}

/** Nothing is asked of the file but its digest. */
function isPlain({ locator, place, content, target, record, sha256, patched }: FileJob): boolean {
  return locator.kind === "file" && place === undefined && content === undefined && target === undefined && record === undefined && sha256 === undefined && patched === undefined;
}

/** Something in the file is looked at. */
function isRead({ place, content }: FileJob): boolean {
  return place !== undefined || content !== undefined;
}

function bytesOf(jobs: readonly FileJob[]): number {
  return jobs.reduce((sum, { size, locator }) => sum + (locator.kind === "relocated" ? (statSync(locator.path, { throwIfNoEntry: false })?.size ?? 0) : size), 0);
}

/** Whether the name stands in the file, relocated or not. */
function mentions({ content, result }: FileTemplate, name: string): boolean {
  return content.includes(name, 0, "latin1") || result.undo.some(([, , was]) => was.includes(name));
}
