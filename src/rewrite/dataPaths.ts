/**
 * Paths of data files that moved, in literals: `"share/nova/x"`, `sys.prefix + "/share/nova"`, `join(prefix, "share", "nova")`, `Path(prefix) / "share" / "nova"`.
 * They are verified: the path is one that the wheel installs. A single word is none, and an absolute path of the system's (`/etc/nova`) is not the wheel's.
 */
import type { Edit } from "../model/edit.ts";
import type { Expression, Program, StringPart } from "../model/program.ts";

/** A path of at least two components, of which the last is called otherwise now. */
export interface MovedPath {
  readonly from: string;
  readonly to: string;
}

type Text = Extract<StringPart, { kind: "text" }>;

const ofTheSystem = /^(?:etc|var|usr|opt|srv|run|tmp|home|root|dev|proc|sys|bin|lib|sbin)\//;

/** Edits of literals in the file, sorted. */
export function renameDataPaths({ expressions }: Program, moved: readonly MovedPath[]): Edit[] {
  const edits = new Map<number, Edit>();
  const add = (edit: Edit | undefined): void => {
    if (edit) edits.set(edit.start, edit);
  };
  for (const expression of expressions) {
    if (expression.kind === "string" && !expression.statement && !expression.bytes) {
      for (const part of expression.parts) if (part.kind === "text" && part.plain) for (const path of moved) add(within(part, path));
    } else if (expression.kind === "call") for (const path of moved) add(across(expression.positional, path));
    else if (expression.kind === "binary" && expression.operator === "/" && !(expression.parent?.kind === "binary" && expression.parent.operator === "/")) for (const path of moved) add(across(divided(expression), path));
  }
  return [...edits.values()].sort((a, b) => a.start - b.start);
}

/** At the beginning of the text, or behind a slash there. */
function within({ text, span }: Text, { from, to }: MovedPath): Edit | undefined {
  const start = text.startsWith("/") && !ofTheSystem.test(from) ? 1 : 0;
  const after = text.slice(start + from.length);
  return text.startsWith(from, start) && (after === "" || after.startsWith("/")) ? lastComponent(span.start + start, from, to) : undefined;
}

/** Components in literals that follow one another, from the beginning of one on. */
function across(given: readonly Expression[], { from, to }: MovedPath): Edit | undefined {
  const parts = given.map(literal);
  for (let first = 0; first < parts.length; first++) {
    let text = "";
    for (let at = first; at < parts.length; at++) {
      const part = parts[at];
      if (!part) break;
      const begin = text === "" ? 0 : text.length + 1;
      text = text === "" ? part.text : `${text}/${part.text}`;
      const end = from.length;
      if (text.length < end && !from.startsWith(`${text}/`)) break;
      if (!text.startsWith(from) || (text.length > end && text[end] !== "/")) continue;
      const component = from.lastIndexOf("/") + 1;
      // Within one literal it is found as such.
      return component < begin || at === first ? undefined : { start: part.span.start + component - begin, end: part.span.start + end - begin, text: to.slice(to.lastIndexOf("/") + 1), rule: "verified-string" };
    }
  }
  return undefined;
}

function literal(expression: Expression): Text | undefined {
  const [part, ...more] = expression.kind === "string" && !expression.bytes ? expression.parts : [];
  return part?.kind === "text" && part.plain && more.length === 0 && part.text !== "" ? part : undefined;
}

/** `a / b / c` → its operands. */
function divided(expression: Expression): Expression[] {
  return expression.kind === "binary" && expression.operator === "/" ? [...divided(expression.left), expression.right] : [expression];
}

function lastComponent(at: number, from: string, to: string): Edit {
  const component = from.lastIndexOf("/") + 1;
  return { start: at + component, end: at + from.length, text: to.slice(to.lastIndexOf("/") + 1), rule: "verified-string" };
}
