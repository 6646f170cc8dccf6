/** Environment markers (PEP 508) as they hold on one host: the environment comes from pip's report, so nothing is guessed. */
import { valid } from "@renovatebot/pep440";
import { meets } from "../model/specifier.ts";

export type MarkerEnvironment = Readonly<Record<string, string>>;

const token = /\s*(\(|\)|\band\b|\bor\b|\bnot\s+in\b|\bin\b|===|~=|==|!=|<=|>=|<|>|"[^"]*"|'[^']*'|[\w.]+)/y;

/** True where the marker holds for one of the extras, or for none where there is none. Undefined: it is none that PEP 508 knows. */
export function holds(marker: string, environment: MarkerEnvironment, extras: readonly string[]): boolean | undefined {
  const tokens = tokensOf(marker);
  if (!tokens) return undefined;
  const answers = ["", ...extras].map((extra) => evaluate(tokens, { ...environment, extra }));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function tokensOf(marker: string): string[] | undefined {
  const found: string[] = [];
  for (token.lastIndex = 0; token.lastIndex < marker.trimEnd().length; ) {
    const match = token.exec(marker);
    if (!match?.[1]) return undefined;
    found.push(match[1].replace(/^not\s+in$/, "not in"));
  }
  return found;
}

function evaluate(tokens: readonly string[], environment: MarkerEnvironment): boolean | undefined {
  let at = 0;
  let sound = true;
  const either = (): boolean => {
    let value = both();
    while (tokens[at] === "or") {
      at++;
      value = both() || value; // both() first: it consumes
    }
    return value;
  };
  const both = (): boolean => {
    let value = one();
    while (tokens[at] === "and") {
      at++;
      value = one() && value;
    }
    return value;
  };
  const one = (): boolean => {
    if (tokens[at] === "(") {
      at++;
      const value = either();
      if (tokens[at++] !== ")") sound = false;
      return value;
    }
    const [left, operator, right] = [operand(tokens[at]), tokens[at + 1], operand(tokens[at + 2])];
    at += 3;
    if (left === undefined || operator === undefined || right === undefined) return (sound = false);
    return related(left, operator, right, tokens[at - 3] === "extra" || tokens[at - 1] === "extra");
  };
  const operand = (text: string | undefined): string | undefined => (text === undefined ? undefined : /^["']/.test(text) ? text.slice(1, -1) : environment[text]);
  const value = either();
  return sound && at === tokens.length ? value : undefined;
}

const normalised = (extra: string): string => extra.replace(/[-_.]+/g, "-").toLowerCase();

function related(left: string, operator: string, right: string, extra: boolean): boolean {
  if (operator === "in") return right.includes(left);
  if (operator === "not in") return !right.includes(left);
  if (extra) return operator === "!=" ? normalised(left) !== normalised(right) : normalised(left) === normalised(right);
  // Versions where both are some, as PEP 508 says; strings otherwise.
  if (valid(left) !== null && (valid(right) !== null || right.endsWith(".*"))) {
    // An operator that versions do not have there, such as `~=` with a single number, admits nothing.
    return meets(left, `${operator}${right}`) === true;
  }
  switch (operator) {
    case "==":
    case "===": return left === right;
    case "!=": return left !== right;
    case "<": return left < right;
    case "<=": return left <= right;
    case ">": return left > right;
    case ">=": return left >= right;
    default: return false;
  }
}
