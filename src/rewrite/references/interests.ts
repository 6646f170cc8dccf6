/** Which words make a file worth a closer look. */
import type { Meaning } from "../../model/catalogue.ts";
import { topLevel } from "../../model/name.ts";
import { Interest } from "../../model/words.ts";
import type { RewriteOptions } from "../context.ts";

/** Whatever they are given at run time, it is a module. */
const dynamic = new Set(["import_module", "__import__"]);
const others = ["modules", "__module__", "executable", "find_module", "load_module", "getattr", "globals", "f_globals"];

export function interests({ relocations, catalogue }: RewriteOptions): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  const add = (word: string, interest: number): void => void words.set(word, (words.get(word) ?? 0) | interest);
  if (relocations.relocations.length === 0) return words;
  for (const { from } of relocations.relocations) add(topLevel(from), Interest.wanted);
  for (const [word, meanings] of catalogue.words) for (const meaning of meanings) add(word, interestOf(word, meaning));
  for (const word of others) add(word, Interest.static);
  for (const word of ["__name__", "__package__", "__spec__"]) add(word, Interest.namespace);
  return words;
}

function interestOf(word: string, meaning: Meaning): number {
  if (dynamic.has(word)) return Interest.dynamic;
  if (meaning === "code") return Interest.code | (["exec", "eval", "compile"].includes(word) ? Interest.nameOnly : 0);
  return meaning === "version" || meaning === "metadata" ? Interest.called | Interest.static : Interest.static;
}
