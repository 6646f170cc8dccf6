/** Recognises Python's keywords in the bytes of a file without making strings of its identifiers. */

/** Hard keywords, then the soft ones that matter at the start of a statement. The index is the keyword's id; 0 means "none". */
const words = [
  "", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for",
  "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
  "yield", "match", "case", "type", "lazy", "__lazy_modules__",
] as const;

export type Keyword = Exclude<(typeof words)[number], "">;

export const keywordId: Readonly<Record<Keyword, number>> = Object.fromEntries(
  words.map((word, id) => [word, id]).slice(1),
) as Record<Keyword, number>;

const encoded: readonly Uint8Array[] = words.map((word) => Uint8Array.from(Buffer.from(word)));
const BUCKETS = 4096;
const byHash = buildTable();

function hash(bytes: Uint8Array, start: number, end: number): number {
  return ((bytes[start] ?? 0) * 211 + (bytes[start + 1] ?? 0) * 31 + (bytes[end - 1] ?? 0) * 7 + (end - start)) & (BUCKETS - 1);
}

function buildTable(): Uint8Array {
  const table = new Uint8Array(BUCKETS);
  encoded.forEach((word, id) => {
    if (id === 0) return;
    const at = hash(word, 0, word.length);
    if (table[at]) throw new Error(`keyword table: ${words[id]} and ${words[table[at]]} share a bucket`);
    table[at] = id;
  });
  return table;
}

/** The id of the keyword at source[start, end), or 0. */
export function keywordAt(source: Uint8Array, start: number, end: number): number {
  const id = byHash[hash(source, start, end)] ?? 0;
  if (id === 0) return 0;
  const word = encoded[id];
  if (!word || word.length !== end - start) return 0;
  for (let i = 0; i < word.length; i++) if (source[start + i] !== word[i]) return 0;
  return id;
}
