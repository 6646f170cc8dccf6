/** `from importlib import import_module as load`: the scanner knows the words of the catalogue alone, so where an import gives one another name, that is looked for here. */
import type { FileFacts, SeenWord } from "../../model/facts.ts";
import { Interest, type WantedWord } from "../../model/words.ts";
import type { Context } from "../context.ts";

export interface AliasedWords {
  /** The interests of all of them. */
  readonly interest: number;
  /** By the number of the word that the alias stands for: wherever the alias is mentioned. */
  readonly words: readonly SeenWord[];
}

const none: AliasedWords = { interest: 0, words: [] };
const known = new WeakMap<FileFacts, AliasedWords>();

/** Nearly no file has any, which its import statements tell. */
export function aliasedWords({ facts, source, options }: Context, wanted: ReadonlyMap<string, WantedWord>): AliasedWords {
  if (options.relocations.relocations.length === 0) return none;
  const before = known.get(facts);
  if (before) return before;
  const aliases = new Map<string, WantedWord>();
  for (const statement of facts.imports) {
    // Most give none, and their names need not be taken apart to know.
    if (statement.kind === "import" || !/\sas\s/.test(source.toString("latin1", statement.start, statement.end))) continue;
    for (const { alias, written } of statement.names) {
      const word = alias && alias.name !== written.name ? wanted.get(written.name) : undefined;
      if (alias && word && word.number > 0 && !(word.interest & Interest.namespace)) aliases.set(alias.name, word);
    }
  }
  const found = aliases.size === 0 ? none : mentions(aliases, source);
  known.set(facts, found);
  return found;
}

function mentions(aliases: ReadonlyMap<string, WantedWord>, source: Buffer): AliasedWords {
  const text = source.toString("latin1");
  // The scanner looks whether `version` is called with `__name__` or the like; here nobody does.
  const called = (interest: number): number => (interest & Interest.called ? interest | Interest.relative : interest);
  const words = [...text.matchAll(new RegExp(`(?<![\\w.])(?:${[...aliases.keys()].join("|")})(?!\\w)`, "g"))].flatMap(({ 0: name, index }): SeenWord[] => {
    const word = aliases.get(name);
    return word ? [{ number: word.number, offset: index }] : [];
  });
  return { interest: [...aliases.values()].reduce((all, { interest }) => all | called(interest), 0), words };
}
