/** One object for scripts; its keys are a promise. */
import type { Finding } from "../model/finding.ts";
import { VERSION } from "../version.ts";

export function formatJson(command: string, result: unknown, findings: readonly Finding[]): string {
  return `${JSON.stringify({ tool: { name: "enisle", version: VERSION }, command, result, findings }, undefined, 2)}\n`;
}
