/** Names that a module binds at its top level, imports aside, as far as its lines show: enough to tell whether an attribute exists. */

const binding = /^([ \t]*)(?:(?:async[ \t]+)?(?:def|class)[ \t]+([^\W\d]\w*)|((?:[^\W\d]\w*[ \t]*,[ \t]*)*[^\W\d]\w*)[ \t]*(?::[^=\n]*)?=(?!=))/;
const opensBlock = /^(?:if|elif|else|try|except|finally|with|for|while|match|case)\b/;

/** `text` is a byte string. Blocks of `if`, `try` and their like belong to the module. */
export function boundNames(text: string): Set<string> {
  const names = new Set<string>();
  let inModule = true;
  for (const line of text.split("\n")) {
    const first = line.charCodeAt(0);
    const indented = first === 32 || first === 9;
    if (!indented && line !== "") inModule = opensBlock.test(line);
    if (indented && !inModule) continue;
    const match = binding.exec(line);
    if (!match) continue;
    if (match[2] !== undefined) {
      names.add(match[2]);
      if (indented) inModule = true;
    } else for (const name of (match[3] ?? "").split(",")) names.add(name.trim());
  }
  return names;
}
