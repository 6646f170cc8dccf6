/** Which words make a file worth a closer look, and whether those that it has do. */
import type { Catalogue, Meaning } from "../../model/catalogue.ts";
import { topLevel } from "../../model/name.ts";
import { Interest, type WantedWord } from "../../model/words.ts";
import type { SeenWord } from "../../model/facts.ts";
import type { Context, RewriteOptions } from "../context.ts";
import { aliasedWords } from "./aliasedWords.ts";

/** Whatever they are given at run time, it is a module. */
const dynamic = new Set(["import_module", "__import__"]);
/** Names that matter besides the catalogue's, each with the module that has to be imported for it; "" for none. */
const others: readonly (readonly [word: string, module: string])[] = [
  ["modules", "sys"], ["executable", "sys"], ["__module__", ""], ["find_spec", ""], ["find_module", ""], ["load_module", ""], ["find_class", ""], ["getattr", ""], ["globals", ""], ["f_globals", ""],
];

/** `getattr(x, "__name__")`: they take names of modules by keys that the file must have. */
const keyed = new Set(["getattr", "globals", "f_globals"]);
const keys = ["name", "module", "package"].flatMap((word) => [`"__${word}__"`, `'__${word}__'`]);

/** No import makes these words matter: their own interest does. */
const NOBODY = "?";

interface Words {
  readonly wanted: ReadonlyMap<string, WantedWord>;
  /**
   * By number: for the word to matter, a file must import the top-level module of one of these ("": none), and have the word that the callable lies in
   * (`resources` for `importlib.resources.path`; "": any file).
   */
  readonly sources: readonly (readonly { readonly module: string; readonly above: string }[])[];
  readonly names: readonly string[];
  /** By number. */
  readonly interests: readonly number[];
}

const known = new WeakMap<Catalogue, Words>();

/** The words of a catalogue, numbered. */
function wordsOf(catalogue: Catalogue): Words {
  const before = known.get(catalogue);
  if (before) return before;
  const sources: { readonly module: string; readonly above: string }[][] = [[]];
  const names = [""];
  const wanted = new Map<string, WantedWord>();
  const add = (word: string, interest: number, module: string, above: string): void => {
    const number = wanted.get(word)?.number ?? names.length;
    if (number === names.length) names.push(word);
    const own = (sources[number] ??= []);
    if (!own.some((each) => each.module === module && each.above === above)) own.push({ module, above });
    wanted.set(word, { interest: (wanted.get(word)?.interest ?? 0) | interest, number });
  };
  for (const [callable, rows] of catalogue.rows) {
    const parts = callable.split(".");
    const [top = ""] = parts;
    const above = parts.length > 2 ? (parts.at(-2) ?? "") : top.startsWith("@") ? top.slice(1) : "";
    // What a label's callable is imported from is written in the file, wherever it is defined.
    for (const { meaning } of rows) add(parts.at(-1) ?? "", interestOf(callable, meaning), top === "builtins" || top.startsWith("@") ? "" : top, meaning === "label" ? (parts[1] ?? "") : above);
  }
  for (const [word, module] of others) add(word, 0, module, "");
  for (const word of ["__name__", "__package__", "__spec__"]) {
    sources[names.length] = [{ module: NOBODY, above: "" }];
    wanted.set(word, { interest: Interest.namespace, number: names.length });
    names.push(word);
  }
  const interests: number[] = [];
  for (const { interest, number } of wanted.values()) interests[number] = interest;
  const words = { wanted, sources, names, interests };
  known.set(catalogue, words);
  return words;
}

export function interests({ relocations, catalogue, inventory }: RewriteOptions): ReadonlyMap<string, WantedWord> {
  if (relocations.relocations.length === 0) return new Map();
  const words = new Map(wordsOf(catalogue).wanted);
  const want = (word: string): void => {
    const { interest, number } = words.get(word) ?? { interest: 0, number: 0 };
    words.set(word, { interest: interest | Interest.wanted, number });
  };
  for (const { from } of relocations.relocations) want(topLevel(from));
  // `version("python-discovery")`: a distribution may have another name than its modules.
  for (const name of inventory.distributionNames) for (const word of [/^\w+/.exec(name)?.[0], /^\w+/.exec(name.toLowerCase())?.[0]]) if (word !== undefined) want(word);
  return words;
}

function interestOf(callable: string, meaning: Meaning): number {
  const word = callable.slice(callable.lastIndexOf(".") + 1);
  if (dynamic.has(word)) return Interest.dynamic;
  if (meaning === "code") return Interest.code | (callable.startsWith("builtins.") ? Interest.nameOnly : 0);
  return meaning === "version" || meaning === "metadata" ? Interest.called : 0;
}

/** Where words stand that matter: those of the catalogue of which a module is imported, or that somebody re-exports; and names like `__name__`. */
export interface WordsThere {
  /** They matter where a string begins with a relocated name. */
  readonly calls: readonly number[];
  /** They matter always: the name may come at run time, or from `__name__`, or lie in source text. */
  readonly always: readonly number[];
  /** They ask for the metadata of a distribution. */
  readonly metadata: readonly number[];
  readonly names: readonly number[];
}

/** The catalogue's words in the file, and what imports call them. */
export function seenWords(context: Context): readonly SeenWord[] {
  const { words } = aliasedWords(context, wordsOf(context.options.catalogue).wanted);
  return words.length === 0 ? context.facts.words : [...context.facts.words, ...words];
}

/** What the file's words are of interest for, by whatever name. */
export function interestIn(context: Context): number {
  return context.facts.interest | aliasedWords(context, wordsOf(context.options.catalogue).wanted).interest;
}

export function wordsThere(context: Context): WordsThere {
  const { facts, options, source } = context;
  const there = { calls: [] as number[], always: [] as number[], metadata: [] as number[], names: [] as number[] };
  const seen = seenWords(context);
  if (seen.length === 0) return there;
  const { sources, names, interests: interestBy } = wordsOf(options.catalogue);
  const imported = new Set<string>();
  // `from .compat import resources`, `from six import moves`: what such a name is, the other module knows.
  const handedOn = new Set<string>();
  for (const statement of facts.imports) {
    if (statement.kind === "import") for (const { written } of statement.names) imported.add(topLevel(options.relocations.original(written.name)));
    else {
      const top = statement.level === 0 ? topLevel(options.relocations.original(statement.module.name)) : "";
      if (top !== "") imported.add(top);
      if (top === "" || options.relocations.concerns(top)) for (const { alias, written } of statement.names) handedOn.add(written.name).add(alias?.name ?? written.name);
    }
  }
  const relevant = new Map<number, boolean>();
  const isRelevant = (number: number): boolean => {
    if (keyed.has(names[number] ?? "") && !keys.some((key) => source.includes(key, 0, "latin1"))) return false;
    const isHandedOn = handedOn.has(names[number] ?? "") || handedOn.has("metadata") || handedOn.has("resources");
    return (sources[number] ?? []).some(({ module, above }) => (module === "" || imported.has(module) || handedOn.has(module) || (module !== NOBODY && isHandedOn)) && (above === "" || source.includes(above, 0, "latin1")));
  };
  for (const { number, offset } of seen) {
    const interest = interestBy[number] ?? 0;
    if (interest & Interest.namespace) {
      there.names.push(offset);
      continue;
    }
    let matters = relevant.get(number);
    if (matters === undefined) relevant.set(number, (matters = isRelevant(number)));
    if (!matters) continue;
    there.calls.push(offset);
    if (interest & Interest.called) there.metadata.push(offset);
    if (interest & (Interest.dynamic | Interest.called | Interest.code)) there.always.push(offset);
  }
  return there;
}
