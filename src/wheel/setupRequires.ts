/** Requirements as setuptools keeps them: lists of setup.cfg, and requires.txt of `.egg-info`. Pure. */

/** setup.cfg without the requirements that `drops`, in `install_requires` and the extras; `add` go to the first where it is a list of lines. */
export function rewriteSetupCfg(text: string, drops: (requirement: string) => boolean, add: readonly string[]): string {
  let [section, key] = ["", ""];
  let install = -1;
  const kept: string[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    const assignment = /^([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (header !== undefined) [section, key] = [header.trim(), ""];
    else if (assignment) key = (assignment[1] ?? "").toLowerCase().replace(/-/g, "_");
    const lists = (section === "options" && key === "install_requires") || section === "options.extras_require";
    const value = assignment ? (assignment[2] ?? "") : /^\s+\S/.test(line) ? line.trim() : "";
    if (lists && !assignment && value !== "" && !/^[#;]/.test(value) && drops(value)) continue;
    kept.push(lists && assignment && value !== "" && !value.startsWith("file:") && drops(value) ? line.replace(/([=:])[^\n\r]*/, "$1") : line);
    if (section === "options" && key === "install_requires" && assignment && !value.startsWith("file:")) install = kept.length;
  }
  if (install < 0 || add.length === 0) return kept.join("");
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const before = kept[install - 1] ?? "";
  return [...kept.slice(0, install - 1), before.endsWith("\n") ? before : before + newline, ...add.map((line) => `    ${line}${newline}`), ...kept.slice(install)].join("");
}

/** The lines of requires.txt as PEP 508 has them. */
export function requirementsOfEggInfo(text: string): string[] {
  let [extra, marker] = ["", ""];
  return text.split(/\r?\n/).flatMap((line) => {
    const header = /^\[([^:\]]*):?(.*)\]$/.exec(line.trim());
    if (header) {
      [extra, marker] = [header[1] ?? "", header[2] ?? ""];
      return [];
    }
    if (line.trim() === "") return [];
    const conditions = [...(marker === "" ? [] : [extra === "" ? marker : `(${marker})`]), ...(extra === "" ? [] : [`extra == "${extra}"`])];
    return [conditions.length === 0 ? line.trim() : `${line.trim()} ; ${conditions.join(" and ")}`];
  });
}

/** requires.txt without what `drops`, and with `add`. */
export function rewriteEggInfo(text: string, drops: (requirement: string) => boolean, add: readonly string[]): string {
  const lines = text.split(/(?<=\n)/).filter((line) => line.trim().startsWith("[") || line.trim() === "" || !drops(line.trim()));
  const split = add.map((line) => [line.split(";")[0]?.trim() ?? line, line.includes(";") ? line.slice(line.indexOf(";") + 1).trim() : undefined] as const);
  const plain = split.filter(([, marker]) => marker === undefined).map(([line]) => `${line}\n`);
  const conditional = split.flatMap(([line, marker]) => (marker === undefined ? [] : [`\n[:${marker}]\n${line}\n`]));
  return [...plain, ...lines, ...conditional].join("");
}
