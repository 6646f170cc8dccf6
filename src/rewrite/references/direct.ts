/**
 * `logging.getLogger("a")` in a file where `logging` can be nothing but the module: which call it is and what it takes is plain without a parse.
 * The condition is narrow, for the sake of certainty; every other file is parsed.
 */
import type { CatalogueRow } from "../../model/catalogue.ts";
import type { AnyImport, WantedString } from "../../model/facts.ts";
import { type Span, placesIn } from "../../model/span.ts";
import type { Context } from "../context.ts";

export interface DirectCall {
  /** Of the callable's last word. */
  readonly offset: number;
  readonly row: CatalogueRow;
  /** Undefined where the argument names nothing that moves. */
  readonly literal: WantedString | undefined;
}

/** The calls among the words at `offsets`, each with nothing or one literal, or `__name__`, in its parentheses. */
export function directCalls(offsets: readonly number[], strings: readonly WantedString[], context: Context): DirectCall[] {
  const plain = new Map<string, boolean>();
  return offsets.flatMap((offset): DirectCall[] => {
    const text = context.source.toString("latin1", Math.max(0, offset - 40), offset + 120);
    const before = text.slice(0, Math.min(40, offset));
    const module = /(?:^|[^\w.])([A-Za-z_]\w*)\.$/.exec(before)?.[1];
    const call = /^(\w+)\([ \t]*(?:__name__|(["'])[\w.-]*\2)?[ \t]*\)/.exec(text.slice(before.length));
    if (module === undefined || !call) return [];
    const rows = context.options.catalogue.rows.get(`${module}.${call[1]}`) ?? [];
    const [row] = rows;
    if (rows.length !== 1 || row?.meaning !== "logger" || row.argument !== 0) return [];
    let isPlain = plain.get(module);
    if (isPlain === undefined) plain.set(module, (isPlain = isOnlyModule(module, context)));
    if (!isPlain) return [];
    const end = offset + call[0].length;
    return [{ offset, row, literal: strings.find((string) => offset < string.start && string.end < end) }];
  });
}

/** Every mention of the name is an import of the module under it, at the top level, or is followed by a dot. */
function isOnlyModule(name: string, { facts, source, options }: Context): boolean {
  if (options.relocations.concerns(name)) return false;
  const statements = facts.imports.filter((statement) => bindsOrNames(statement, name));
  const isImported = statements.length > 0 && statements.every((statement) => statement.kind === "import" && statement.scope === "module" && statement.names.every(({ alias, written }) => written.parts.every((part, index) => index === 0 || sliceOf(source, part) !== name) && alias?.name !== name && (!alias || written.name !== name)));
  if (!isImported) return false;
  for (const at of placesIn(source, name)) {
    if (isWordByte(source[at - 1]) || isWordByte(source[at + name.length])) continue;
    if (source[at + name.length] === DOT || statements.some(({ start, end }) => start <= at && at < end)) continue;
    return false;
  }
  return true;
}

function bindsOrNames(statement: AnyImport, name: string): boolean {
  if (statement.kind === "from") return statement.names.some(({ alias, written }) => (alias?.name ?? written.name) === name || written.name === name);
  return statement.names.some(({ alias, written }) => alias?.name === name || written.name === name || written.name.startsWith(`${name}.`));
}

function sliceOf(source: Buffer, { start, end }: Span): string {
  return source.toString("latin1", start, end);
}

const DOT = 46;

function isWordByte(byte = 0): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || byte === 95 || (byte >= 97 && byte <= 122) || byte > 127;
}
