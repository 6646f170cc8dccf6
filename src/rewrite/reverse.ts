/** The way back for imports of a copy that people wrote themselves: they name the library again. What rewriting did is undone from its record instead. */
import type { Edit, LocalFinding } from "../model/edit.ts";
import type { AnyImport, FileFacts, FromStatement, ImportedName } from "../model/facts.ts";
import { type DottedName, isAtOrBelow, parent, leaf } from "../model/name.ts";
import type { Relocation } from "../model/relocation.ts";
import type { ByteString } from "../model/span.ts";

export interface Reversed {
  readonly edits: readonly Edit[];
  /** Places that still name a copy and could not be turned back. */
  readonly left: readonly LocalFinding[];
}

/** `relocations` are those that go: their *to* is what the file may name. */
export function reverse(source: ByteString, facts: FileFacts, relocations: readonly Relocation[]): Reversed {
  const edits = facts.imports.flatMap((statement) => (statement.kind === "import" ? reverseImport(statement, relocations) : reverseFrom(statement, source, relocations)));
  const left: LocalFinding[] = [];
  for (const { from, to } of relocations) {
    for (let at = source.indexOf(to); at >= 0; at = source.indexOf(to, at + 1)) {
      if (/[\w.]/.test(source[at - 1] ?? "") || /\w/.test(source[at + to.length] ?? "") || edits.some((edit) => at >= edit.start && at < edit.end)) continue;
      left.push({ code: "copy-still-named", message: `'${to}' is named here, and is gone: '${from}' is meant`, offset: at });
    }
  }
  return { edits, left };
}

function original(name: DottedName, relocations: readonly Relocation[]): DottedName | undefined {
  const found = relocations.find(({ to }) => isAtOrBelow(name, to));
  return found && `${found.from}${name.slice(found.to.length)}`;
}

/** `import N.a.b as x` → `import a.b as x`; without an alias the statement binds N's root, and its uses say so: that is left to people. */
function reverseImport(statement: Extract<AnyImport, { kind: "import" }>, relocations: readonly Relocation[]): Edit[] {
  return statement.names.flatMap(({ written, alias }): Edit[] => {
    const back = alias && original(written.name, relocations);
    return back === undefined ? [] : [{ start: written.start, end: written.end, text: back, rule: "import" }];
  });
}

function reverseFrom(statement: FromStatement, source: ByteString, relocations: readonly Relocation[]): Edit[] {
  if (statement.level > 0) return [];
  const back = original(statement.module.name, relocations);
  if (back !== undefined) return [{ start: statement.module.start, end: statement.module.end, text: back, rule: "from-import" }];
  if (statement.star) return [];
  const moved = statement.names.map((name) => original(`${statement.module.name}.${name.written.name}`, relocations));
  if (moved.every((name) => name === undefined)) return [];
  if (/[\r\n\\#]/.test(source.slice(statement.start, statement.end))) return []; // the text is still found, and reported
  const importing = statement.names.flatMap((name, index) => (moved[index] === undefined ? [] : [form(name, moved[index])]));
  const staying = statement.names.flatMap((name, index) => (moved[index] === undefined ? [source.slice(name.start, name.end)] : []));
  const rest = staying.length === 0 ? [] : [`from ${statement.module.name} import ${staying.join(", ")}`];
  return [{ start: statement.start, end: statement.end, text: [...rest, ...importing].join("; "), rule: "from-import" }];
}

/** `from N import a` binds `a`, and so does `import a`; a part of a namespace package needs its parent's name. */
function form({ written, alias }: ImportedName, name: DottedName): string {
  const bound = alias?.name ?? written.name;
  if (parent(name) === "") return bound === name ? `import ${name}` : `import ${name} as ${bound}`;
  return bound === leaf(name) ? `from ${parent(name)} import ${bound}` : `from ${parent(name)} import ${leaf(name)} as ${bound}`;
}
