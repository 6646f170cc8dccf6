/** Keywords that the reader of import statements must tell from names. */

/** Hard keywords that no Python takes for a name; `async`, `await` and `nonlocal` are names in some. */
const words = "and as assert break class continue def del elif else except finally for from global if import in is lambda not or pass raise return try while with yield".split(" ");
const hard = new Set(words);
const component = new RegExp(`(?:^|\\.)(?:${words.join("|")})(?:\\.|$)`);

export function isKeyword(word: string): boolean {
  return hard.has(word);
}

/** Whether some component of a dotted name is one. */
export function namesKeyword(name: string): boolean {
  return component.test(name);
}
