/** Keywords that the reader of import statements must tell from names. */

/** Hard keywords that no Python takes for a name; `async`, `await` and `nonlocal` are names in some. */
const hard = new Set(
  ("and as assert break class continue def del elif else except finally for from global if import in is lambda not or pass raise return try while with yield").split(" "),
);

export function isKeyword(word: string): boolean {
  return hard.has(word);
}
