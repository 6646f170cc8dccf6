/**
 * The first look at the modules of a directory tree, on all cores: which of them may be in the index, and their digests. Helpers and the main thread
 * take chunks of one list until there are none; what a file gives depends on the file alone.
 */
import type { Worker } from "node:worker_threads";
import { peekFile } from "../acquire/tree.ts";
import { mayTellOrigin } from "../audit/evidence/header.ts";
import { exactDigest } from "../audit/fingerprint.ts";
import { mayBeIndexed } from "../audit/indexFile.ts";
import { digestReader, shapeReader } from "./fingerprints.ts";
import { helpersFor, startThreads } from "./threads.ts";

const CHUNK = 64;
// Starting a helper costs some 50 ms of a core, in which a few hundred modules are looked at.
const FILES_WORTH_A_HELPER = 800;
// Megabytes for short-lived objects in a helper: it makes few.
const YOUNG = 4;

/** What became of a file; several may be true. */
const [UNREADABLE, FOUND, TELLS] = [1, 2, 4];

/** As plain data, with memory that all threads share. */
export interface DigestWork {
  readonly root: string;
  /** Below the root. */
  readonly paths: readonly string[];
  /** Sets of namespaces, and which of them each path is read with. */
  readonly namespaces: readonly (readonly string[])[];
  readonly namespacesOf: Uint32Array;
  /** Of the index, see `ReleaseIndex`. */
  readonly shapes: Uint32Array;
  /** The number of chunks that were taken. */
  readonly taken: Int32Array;
  readonly states: Uint8Array;
  /** Four words a file: of what relocation leaves, and of the bytes. */
  readonly digests: Uint32Array;
}

/** Takes chunks until there are none; `pause` lets messages and signals in. */
export async function workThrough(work: DigestWork, digestOf: IndexedDigest, pause?: () => Promise<unknown>): Promise<void> {
  const { root, paths, namespaces, namespacesOf, states, digests } = work;
  for (;;) {
    const first = Atomics.add(work.taken, 0, 1) * CHUNK;
    if (first >= paths.length) return;
    for (let at = first; at < Math.min(first + CHUNK, paths.length); at++) {
      let content: Buffer;
      try {
        content = peekFile(`${root}/${paths[at]}`);
      } catch {
        states[at] = UNREADABLE; // the main thread reads it again, and says why
        continue;
      }
      if (mayTellOrigin(content)) states[at] = TELLS;
      const found = digestOf(content, namespaces[namespacesOf[at] ?? 0] ?? [], work.shapes);
      if (found === undefined) continue;
      `${found}${exactDigest(content)}`.match(/.{8}/g)?.forEach((each, position) => (digests[4 * at + position] = parseInt(each, 16)));
      states[at] = (states[at] ?? 0) | FOUND;
    }
    await pause?.();
  }
}

/** The digest of a module that may be in the index; undefined for all others, which are most, and for those that say too little. */
export type IndexedDigest = (content: Buffer, namespaces: readonly string[], shapes: Uint32Array) => string | undefined;

export function indexedDigest(): IndexedDigest {
  const [digest, shapeOf] = [digestReader(), shapeReader()];
  return (content, namespaces, shapes) => (mayBeIndexed(shapes, shapeOf(content)) ? digest(content, namespaces) : undefined);
}

export interface FirstLook {
  /** `Fingerprint.relocated` of the modules that may be in the index, by path. */
  readonly digests: ReadonlyMap<string, string>;
  /** `Fingerprint.exact` of the same. */
  readonly exact: ReadonlyMap<string, string>;
  /** Those whose heads may say where they come from. */
  readonly telling: readonly string[];
}

/** Threads that outlive one directory: an audit may have several roots. */
export interface DigestCrew {
  /** `unreadable` is told of what could not be read; `meanwhile` is done while helpers have begun. */
  run(root: string, paths: readonly string[], namespacesOf: (path: string) => readonly string[], shapes: Uint32Array, meanwhile: () => void, unreadable: (path: string) => void): Promise<FirstLook>;
  /** Helpers start: there will be much to do soon. */
  prepare(): void;
  dismiss(): Promise<void>;
}

export function hireDigestCrew(): DigestCrew {
  const helpers: Worker[] = [];
  const hire = (worth: number): void => {
    const started = startThreads(Math.max(0, helpersFor(worth) - helpers.length), "digests", YOUNG);
    for (const helper of started) helper.unref(); // one that waits must not keep the process alive
    helpers.push(...started);
  };
  return {
    prepare: () => hire(2),
    async run(root, paths, namespacesOf, shapes, meanwhile, unreadable) {
      const work = workOf(root, paths, namespacesOf, shapes);
      hire(paths.length / FILES_WORTH_A_HELPER);
      const busy = (paths.length < FILES_WORTH_A_HELPER ? [] : helpers).map((helper) => delegate(helper, work));
      try {
        meanwhile();
        await workThrough(work, indexedDigest(), () => new Promise((resolve) => setImmediate(resolve)));
        await Promise.all(busy);
      } finally {
        Atomics.store(work.taken, 0, paths.length); // after a failure nobody takes another chunk
        await Promise.allSettled(busy);
      }
      const [digests, exact] = [new Map<string, string>(), new Map<string, string>()];
      const telling: string[] = [];
      paths.forEach((path, at) => {
        const state = work.states[at] ?? 0;
        if (state & FOUND) {
          digests.set(path, word(work.digests[4 * at]) + word(work.digests[4 * at + 1]));
          exact.set(path, word(work.digests[4 * at + 2]) + word(work.digests[4 * at + 3]));
        }
        if (state & TELLS) telling.push(path);
        if (state & UNREADABLE) unreadable(path);
      });
      return { digests, exact, telling };
    },
    async dismiss() {
      await Promise.all(helpers.splice(0).map((helper) => helper.terminate()));
    },
  };
}

function workOf(root: string, paths: readonly string[], namespacesOf: (path: string) => readonly string[], shapes: Uint32Array): DigestWork {
  const shared = <A>(type: { new (buffer: SharedArrayBuffer): A; readonly BYTES_PER_ELEMENT: number }, length: number): A => new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
  const namespaces: (readonly string[])[] = [];
  const positions = new Map<string, number>();
  const own = shared(Uint32Array, paths.length);
  paths.forEach((path, at) => {
    const set = namespacesOf(path);
    const key = set.join();
    let position = positions.get(key);
    if (position === undefined) {
      positions.set(key, (position = namespaces.length));
      namespaces.push(set);
    }
    own[at] = position;
  });
  const filter = shared(Uint32Array, shapes.length);
  filter.set(shapes);
  return { root, paths, namespaces, namespacesOf: own, shapes: filter, taken: shared(Int32Array, 1), states: shared(Uint8Array, paths.length), digests: shared(Uint32Array, 4 * paths.length) };
}

function word(value: number | undefined): string {
  return (value ?? 0).toString(16).padStart(8, "0");
}

function delegate(helper: Worker, work: DigestWork): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      helper.off("message", onMessage).off("error", onError).off("exit", onExit);
      helper.unref();
      act();
    };
    const onMessage = (): void => settle(resolve);
    const onError = (error: unknown): void => settle(() => reject(error));
    const onExit = (code: number): void => settle(() => reject(new Error(`invariant: a helper ended early (code ${code})`)));
    helper.ref();
    helper.on("message", onMessage).on("error", onError).on("exit", onExit);
    helper.postMessage(work);
  });
}
