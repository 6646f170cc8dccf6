/** Compatibility tags (PEP 425): what a wheel runs on once compiled parts of others came in. */

/** `cp311-abi3-manylinux_2_17_x86_64`. */
export type Tag = string;

/** Tags on which both wheels run; empty when there are none. Sorted. */
export function commonTags(own: readonly Tag[], other: readonly Tag[]): Tag[] {
  const both = [...other.filter((tag) => own.some((each) => admits(each, tag))), ...own.filter((tag) => other.some((each) => admits(each, tag)))];
  return [...new Set(both)].sort();
}

/** True when whatever takes the narrower tag takes the wider one too. */
function admits(wide: Tag, narrow: Tag): boolean {
  const [widePython = "", wideAbi = "", widePlatform = ""] = wide.split("-");
  const [narrowPython = "", narrowAbi = "", narrowPlatform = ""] = narrow.split("-");
  if (widePlatform !== "any" && widePlatform !== narrowPlatform) return false;
  const [a, b] = [interpreter(widePython), interpreter(narrowPython)];
  if (!a || !b) return wide === narrow;
  if (wideAbi === "none") return a.name === "py" ? a.major === b.major && (a.minor === undefined || (b.minor ?? -1) >= a.minor) : widePython === narrowPython;
  if (wideAbi === "abi3") return a.name === b.name && a.major === b.major && (b.minor ?? -1) >= (a.minor ?? 0) && narrowAbi !== "none" && !narrowAbi.endsWith("t");
  return widePython === narrowPython && wideAbi === narrowAbi;
}

function interpreter(text: string): { readonly name: string; readonly major: number; readonly minor: number | undefined } | undefined {
  const match = /^([a-z]+)(\d)(\d*)$/.exec(text);
  return match ? { name: match[1] ?? "", major: Number(match[2]), minor: match[3] ? Number(match[3]) : undefined } : undefined;
}

/** The three compressed parts of a file name that stand for these tags. */
export function compressed(tags: readonly Tag[]): string {
  return [0, 1, 2].map((part) => [...new Set(tags.map((tag) => tag.split("-")[part] ?? ""))].sort().join(".")).join("-");
}
