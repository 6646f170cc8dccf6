/** uv's log of a conflict, in its own words. */
import { normalisedName } from "../model/distribution.ts";

const LINES_SHOWN = 8;

/** uv's own explanation of a conflict. */
export function wordsOfUv(log: string): { readonly words: string; readonly mentioned: ReadonlySet<string> } {
  const lines = log.split("\n").map((line) => line.trim().replace(/^(?:[\u00d7\u2570\u2500\u25b6\u2502\u251c ]+|error: |cause: |hint: )+/u, "").trim()).filter((line) => line !== "" && !line.startsWith("No solution found"));
  const rest = lines.length - LINES_SHOWN;
  const names = lines.join(" ").match(/[A-Za-z0-9][\w.-]*[A-Za-z0-9]|[A-Za-z0-9]/g) ?? [];
  return { words: [...lines.slice(0, LINES_SHOWN), ...(rest > 0 ? [`and ${rest} more lines`] : [])].join("\n"), mentioned: new Set(names.map(normalisedName)) };
}
