/** Versions and their order (PEP 440). A version that is none sorts before all that are, by its text. */

interface Parsed {
  readonly epoch: number;
  readonly release: readonly bigint[];
  /** Compared as a whole: [phase, number] pairs in the order of the standard. */
  readonly pre: readonly [number, bigint];
  readonly post: bigint;
  readonly dev: bigint;
  readonly local: readonly (bigint | string)[] | undefined;
}

const pattern =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;
const phases: Readonly<Record<string, number>> = { alpha: 1, a: 1, beta: 2, b: 2, preview: 3, pre: 3, c: 3, rc: 3 };
const FINAL = 4;
const NEVER = -1n;
const INFINITE = 1n << 128n;

const parsed = new Map<string, Parsed | undefined>();

function parse(version: string): Parsed | undefined {
  if (parsed.has(version)) return parsed.get(version);
  const value = parseFresh(version);
  if (parsed.size > 50_000) parsed.clear();
  parsed.set(version, value);
  return value;
}

function parseFresh(version: string): Parsed | undefined {
  if (version.length > 200) return undefined;
  const match = pattern.exec(version.trim().toLowerCase());
  if (!match) return undefined;
  const [, epoch, release = "", phase, phaseNumber, postShort, post, postNumber, dev, devNumber, local] = match;
  const numbers = release.split(".").map(BigInt);
  while (numbers.length > 1 && numbers.at(-1) === 0n) numbers.pop();
  const hasPost = postShort !== undefined || post !== undefined;
  return {
    epoch: Number(epoch ?? 0),
    release: numbers,
    // 1.0.dev1 comes before 1.0a1: a development release of a final one is before all its pre-releases.
    pre: phase !== undefined ? [phases[phase] ?? 0, BigInt(phaseNumber || 0)] : dev !== undefined && !hasPost ? [0, 0n] : [FINAL, 0n],
    post: hasPost ? BigInt(postShort ?? (postNumber || 0)) : NEVER,
    dev: dev !== undefined ? BigInt(devNumber || 0) : INFINITE,
    local: local?.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? BigInt(part) : part)),
  };
}

/** Whether `version` follows PEP 440. */
export function isVersion(version: string): boolean {
  return parse(version) !== undefined;
}

/** Negative, zero or positive, as `a` is before, the same as, or after `b`. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y) return x ? 1 : y ? -1 : order(a, b);
  return (
    x.epoch - y.epoch || compareLists(x.release, y.release) || x.pre[0] - y.pre[0] || order(x.pre[1], y.pre[1]) || order(x.post, y.post) || order(x.dev, y.dev) || compareLocal(x.local, y.local)
  );
}

/** The same version by PEP 440 (`1.0` and `1.0.0`), or the same text. */
export function sameVersion(a: string, b: string): boolean {
  return a === b || (isVersion(a) && isVersion(b) && compareVersions(a, b) === 0);
}

/** Without its local part: distributors add one (`1.2+dfsg`), advisories never name it. */
export function publicVersion(version: string): string {
  return version.replace(/\+.*$/s, "");
}

function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLists(a: readonly bigint[], b: readonly bigint[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = order(a[i] ?? 0n, b[i] ?? 0n);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** None is before any; numbers are after words; longer is after shorter. */
function compareLocal(a: Parsed["local"], b: Parsed["local"]): number {
  if (!a || !b) return a ? 1 : b ? -1 : 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (typeof x !== typeof y) return typeof x === "bigint" ? 1 : -1;
    const difference = order(x as string, y as string);
    if (difference !== 0) return difference;
  }
  return 0;
}
