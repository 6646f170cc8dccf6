/** The nodes that the parser makes. They have the grammar's own words for their types, so that one walk (program.ts) reads both kinds of tree. */
import type { SyntaxNode } from "../tree.ts";

export type Fields = Readonly<Record<string, ParsedNode | readonly ParsedNode[] | undefined>>;

let count = 0;
const nothing: readonly ParsedNode[] = [];

export class ParsedNode implements SyntaxNode {
  readonly id = count++;
  readonly isNamed: boolean = true;
  parent: ParsedNode | null = null;

  constructor(
    readonly type: string,
    readonly startIndex: number,
    readonly endIndex: number,
    readonly namedChildren: readonly ParsedNode[] = nothing,
    private readonly fields: Fields | undefined = undefined,
    /** With those that have no name, where anybody asks for them: the operators of a comparison. */
    readonly children: readonly ParsedNode[] = namedChildren,
  ) {
    for (const child of namedChildren) child.parent = this;
  }

  get namedChildCount(): number {
    return this.namedChildren.length;
  }

  childForFieldName(name: string): ParsedNode | null {
    const field = this.fields?.[name];
    return field === undefined ? null : field instanceof ParsedNode ? field : (field[0] ?? null);
  }

  childrenForFieldName(name: string): readonly ParsedNode[] {
    const field = this.fields?.[name];
    return field === undefined ? nothing : field instanceof ParsedNode ? [field] : field;
  }
}

/** An operator: a node without a name of its own. */
export class OperatorNode extends ParsedNode {
  override readonly isNamed = false;
}

/** Thrown where the text is not understood: the caller asks the grammar. */
export const notUnderstood = Symbol("notUnderstood");

export function fail(): never {
  throw notUnderstood;
}

/** What `read` gives, or undefined where it does not understand. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error !== notUnderstood) throw error;
    return undefined;
  }
}
