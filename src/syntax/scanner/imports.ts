/** Finds the end of an import statement; what it says is read later, and only where it matters. 0 stands for "malformed". */
import { CLOSE, COMMA, DOT, HASH, NEWLINE, OPEN, SEMICOLON, WORD, classAt, skipBlanks } from "./bytes";
import { AS, IMPORT, endOfWord, isName, keywordAt } from "./keywords";

/** After the statement whose `import` or `from` is at `at`, when nothing else follows on its logical line or before a semicolon. */
export function endOfImport(at: usize, end: usize): usize {
  const afterKeyword = endOfWord(at);
  let i = skipBlanks(afterKeyword, end, false);
  if (keywordAt(at, afterKeyword) == IMPORT) i = endOfNames(i, end, false, true);
  else i = endOfFrom(i, end);
  if (!i) return 0;
  const next = skipBlanks(i, end, false);
  const kind = classAt(next);
  return next >= end || kind == NEWLINE || kind == SEMICOLON || kind == HASH ? i : 0;
}

function endOfFrom(at: usize, end: usize): usize {
  let level = 0;
  while (at < end && classAt(at) == DOT) {
    level++;
    at = skipBlanks(at + 1, end, false);
  }
  let word = endOfWord(at);
  if (!(level > 0 && keywordAt(at, word) == IMPORT)) {
    at = endOfDotted(at, end, false);
    if (!at) return 0;
    at = skipBlanks(at, end, false);
    word = endOfWord(at);
    if (keywordAt(at, word) != IMPORT) return 0;
  }
  at = skipBlanks(word, end, false);
  if (load<u8>(at) == 42) return at + 1;
  if (load<u8>(at) != 40) return endOfNames(at, end, false, false);
  at = endOfNames(skipBlanks(at + 1, end, true), end, true, false);
  if (!at) return 0;
  at = skipBlanks(at, end, true);
  return load<u8>(at) == 41 ? at + 1 : 0;
}

function endOfDotted(at: usize, end: usize, inBrackets: bool): usize {
  while (true) {
    const word = endOfWord(at);
    if (classAt(at) != WORD || !isName(at, word)) return 0;
    at = skipBlanks(word, end, inBrackets);
    if (classAt(at) != DOT) return word;
    at = skipBlanks(at + 1, end, inBrackets);
  }
}

function endOfNames(at: usize, end: usize, inBrackets: bool, dotted: bool): usize {
  let last: usize = 0;
  while (true) {
    const word = endOfWord(at);
    if (at >= end || classAt(at) != WORD || !isName(at, word)) return inBrackets && classAt(at) == CLOSE ? last : 0;
    last = dotted ? endOfDotted(at, end, inBrackets) : word;
    if (!last) return 0;
    let next = skipBlanks(last, end, inBrackets);
    if (classAt(next) == WORD) {
      const as = endOfWord(next);
      if (keywordAt(next, as) != AS) return 0;
      const alias = skipBlanks(as, end, inBrackets);
      if (classAt(alias) != WORD) return 0;
      last = endOfWord(alias);
      next = skipBlanks(last, end, inBrackets);
    }
    if (classAt(next) == OPEN) return 0;
    if (classAt(next) != COMMA) return last;
    if (inBrackets) last = next + 1;
    at = skipBlanks(next + 1, end, inBrackets);
  }
}
