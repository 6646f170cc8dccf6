/** Data files that names of modules may stand in. */
export type TextFormat = "ini" | "toml" | "yaml" | "json";

/** Larger ones hold data, not configuration. */
export const MAX_TEXT_SIZE = 2 ** 20;

/** Pickles hold what a program computed: only larger ones than any repository keeps are passed by. */
export const MAX_PICKLE_SIZE = 2 ** 26;

/** Whether a file is called as pickles are. */
export function isPickleName(fileName: string): boolean {
  return /\.(?:pkl|pickle)$/.test(fileName);
}

/** The format that a file's name tells; undefined for every other file. */
export function textFormatOf(fileName: string): TextFormat | undefined {
  if (fileName === "entry_points.txt") return "ini";
  const extension = /\.(ini|cfg|conf|toml|ya?ml|json)$/.exec(fileName)?.[1];
  if (extension === undefined) return undefined;
  return extension === "toml" || extension === "json" ? extension : extension.startsWith("y") ? "yaml" : "ini";
}
