/** One object for scripts; its keys are a promise. */
import type { Finding } from "../model/finding.ts";
import { VERSION } from "../version.ts";
import { visible } from "./terminal.ts";

export function formatJson(command: string, result: unknown, findings: readonly Finding[]): string {
  const text = JSON.stringify({ tool: { name: "enisle", version: VERSION }, command, result, findings }, undefined, 2);
  // JSON lets C1 control characters and the like stand as they are, and a terminal obeys them; `\u009b` means the same to a parser.
  return `${text.split("\n").map(visible).join("\n")}\n`;
}
