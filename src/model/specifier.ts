/** Version specifiers (PEP 440): the one place that says what a specifier admits. Order and parsing are the library's; what clauses admit is not, which it misreads at pre-releases and padding. */
import { clean, compare, explain, valid } from "@renovatebot/pep440";

export interface Clause {
  readonly operator: "===" | "~=" | "==" | "!=" | "<=" | ">=" | "<" | ">";
  readonly version: string;
}

const clause = /^(===|~=|==|!=|<=|>=|<|>)\s*(\S+)$/;

/** `>=1,<2` → its clauses; undefined for what is no specifier. An empty text has none. */
export function clausesOf(specifier: string): readonly Clause[] | undefined {
  const parts = specifier.split(",").map((part) => part.trim()).filter((part) => part !== "");
  const clauses = parts.map((part) => clause.exec(part)).map((match) => (match?.[1] && match[2] ? { operator: match[1] as Clause["operator"], version: match[2] } : undefined));
  return clauses.every((each) => each !== undefined && isSound(each)) ? (clauses as readonly Clause[]) : undefined;
}

function isSound({ operator, version }: Clause): boolean {
  if (operator === "===") return true;
  const prefix = version.endsWith(".*");
  if (prefix && operator !== "==" && operator !== "!=") return false;
  const bare = prefix ? version.slice(0, -2) : version;
  if (valid(bare) === null) return false;
  return operator !== "~=" || (explain(bare)?.release.length ?? 0) > 1;
}

/** Whether the specifier admits the version, pre-releases too; undefined where one of them is none that PEP 440 knows. */
export function meets(version: string, specifier: string): boolean | undefined {
  const clauses = clausesOf(specifier);
  if (!clauses || (valid(version) === null && clauses.some(({ operator }) => operator !== "==="))) return undefined;
  return clauses.every((each) => meetsClause(version, each));
}

function meetsClause(version: string, { operator, version: bound }: Clause): boolean {
  // Installers compare the version as they would write it.
  if (operator === "===") return (clean(version) ?? version.trim()).toLowerCase() === bound.toLowerCase();
  if (operator === "<=" || operator === ">=") {
    const order = compare(withoutLocal(version), withoutLocal(bound));
    return operator === "<=" ? order <= 0 : order >= 0;
  }
  if (operator === "<") return compare(version, bound) < 0 && !(isEarly(version) && !isEarly(bound) && sameRelease(version, bound));
  if (operator === ">") {
    if (compare(version, bound) <= 0) return false;
    if (isLate(version) && !isLate(bound) && sameRelease(version, bound)) return false;
    return !(explain(version)?.local && sameRelease(version, bound));
  }
  if (operator === "~=") return compare(withoutLocal(version), bound) >= 0 && beginsWith(version, bound, -1);
  const equal = bound.endsWith(".*") ? beginsWith(version, bound.slice(0, -2)) : compare(bound.includes("+") ? version : withoutLocal(version), bound) === 0;
  return (operator === "==") === equal;
}

/** Release numbers of `prefix`, or those up to `end`, are the version's first ones; missing ones are zeros. */
function beginsWith(version: string, prefix: string, end?: number): boolean {
  const [own, wanted] = [explain(version), explain(prefix)];
  return own !== null && wanted !== null && own.epoch === wanted.epoch && wanted.release.slice(0, end).every((part, index) => (own.release[index] ?? 0) === part);
}

/** The newest that it admits, as installers choose: pre-releases where a clause names one, or where there is nothing else. `sorted` is newest first. */
export function newestMeeting(sorted: readonly string[], specifier: string): string | undefined {
  const clauses = clausesOf(specifier);
  if (!clauses) return undefined;
  const admitted = sorted.filter((version) => meets(version, specifier));
  const asked = clauses.some(({ operator, version }) => operator !== "!=" && operator !== "===" && isEarly(version.replace(/\.\*$/, "")));
  return asked ? admitted[0] : (admitted.find((version) => !isEarly(version)) ?? admitted[0]);
}

/** A pre-release or a development release. */
export function isEarly(version: string): boolean {
  return explain(version)?.is_prerelease === true || explain(version)?.is_devrelease === true;
}

function isLate(version: string): boolean {
  return explain(version)?.is_postrelease === true;
}

/** `2.0rc1` and `2.0.post1`: epoch and release are the same, zeros at the end aside. */
function sameRelease(a: string, b: string): boolean {
  const [first, second] = [explain(a)?.base_version, explain(b)?.base_version];
  return first !== undefined && second !== undefined && compare(first, second) === 0;
}

function withoutLocal(version: string): string {
  return version.replace(/\+.*$/, "");
}
