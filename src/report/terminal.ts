/** Text for people. File names and metadata come from strangers: control characters never reach the terminal as they are. */

export interface Paint {
  error(text: string): string;
  warning(text: string): string;
  note(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
  added(text: string): string;
  removed(text: string): string;
}

const sequence = (open: number, close: number) => (text: string): string => `\u001b[${open}m${text}\u001b[${close}m`;
const plainly = (text: string): string => text;

export function paint(colour: boolean): Paint {
  if (!colour) return { error: plainly, warning: plainly, note: plainly, strong: plainly, faint: plainly, added: plainly, removed: plainly };
  return { error: sequence(31, 39), warning: sequence(33, 39), note: sequence(36, 39), strong: sequence(1, 22), faint: sequence(2, 22), added: sequence(32, 39), removed: sequence(31, 39) };
}

/** Control characters, and those that turn the direction of text, as escapes. Line ends too. */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what it is for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Breaks text between words, so that it fits a terminal of 80 columns below an indentation; a longer word stays whole. */
export function wrapped(text: string, indentation: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && indentation.length + last.length + 1 + word.length <= 80) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => indentation + line);
}
