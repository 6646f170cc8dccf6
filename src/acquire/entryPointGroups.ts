/** Groups of an entry_points.txt, by which a library may find its own parts; commands and scripts are for installers. */

/** Sorted. */
export function entryPointGroups(text: string): string[] {
  const groups = [...text.matchAll(/^[ \t]*\[([^\]\r\n]+)\]/gm)].map(([, group = ""]) => group.trim());
  return [...new Set(groups)].filter((group) => group !== "console_scripts" && group !== "gui_scripts" && group !== "").sort();
}
