/** The one place that knows tree-sitter. It runs as WebAssembly: the same engine and grammar on every system, and no compiler. */
import type { Node, Tree } from "web-tree-sitter";
import type { SyntaxProblem } from "../model/facts.ts";
import type { Mask } from "./scan.ts";
import { parserText } from "./encoding.ts";

/** What the readers of trees look at: the grammar's nodes have it, and those of our own parser. */
export interface SyntaxNode {
  readonly id: number;
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly isNamed: boolean;
  readonly parent: SyntaxNode | null;
  readonly children: readonly (SyntaxNode | null)[];
  readonly namedChildren: readonly (SyntaxNode | null)[];
  readonly namedChildCount: number;
  childForFieldName(name: string): SyntaxNode | null;
  childrenForFieldName(name: string): readonly (SyntaxNode | null)[];
}

export type { Node };

/** A loaded Python grammar. Making one takes some 30 ms; a process needs one at the most. */
export interface Grammar {
  /** Parses and hands the root to `read`; the tree is freed afterwards, so no node may leave. Offsets are bytes of `source`. */
  withTree<T>(source: Buffer, masks: readonly Mask[], read: (root: Node) => T): T;
}

/** `grammar` holds the WebAssembly module of the Python grammar. */
export async function loadGrammar(grammar: Uint8Array): Promise<Grammar> {
  // Most runs never need it.
  const { Language, Parser } = await import("web-tree-sitter");
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  const parse = (text: string): Tree => {
    const tree = parser.parse(text);
    if (!tree) throw new Error("invariant: the parser gave no tree");
    return tree;
  };
  return {
    withTree(source, masks, read) {
      let tree = parse(parserText(source, masks));
      if (tree.rootNode.hasError && /\b(?:async|await|nonlocal|True|False)\b/.test(source.toString("latin1"))) {
        const older = parse(parserText(source, masks, true));
        const better = !older.rootNode.hasError;
        (better ? tree : older).delete();
        if (better) tree = older;
      }
      try {
        return read(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}

/** The first place that the grammar rejects, or undefined. */
export function firstError(root: Node): SyntaxProblem | undefined {
  if (!root.hasError) return undefined;
  let node = root;
  for (;;) {
    const next: Node | undefined = node.isError || node.isMissing ? undefined : (node.children.find((child) => child?.hasError || child?.isMissing) ?? undefined);
    if (!next) return { offset: node.startIndex, reason: "invalid syntax" };
    node = next;
  }
}
