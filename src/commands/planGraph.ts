/** The drawing of a plan, into a file whose name says the format. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Host } from "../host/host.ts";
import { Failure, fileFailure } from "../model/failure.ts";

const kinds = { svg: "svg", html: "html", htm: "html", mmd: "mermaid", mermaid: "mermaid" } as const;

type Kind = "svg" | "html" | "mermaid";

/** By the name's ending. Throws Failure for one that says nothing. */
export function graphKind(file: string): Kind {
  const ending = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  const kind = Object.entries(kinds).find(([name]) => name === ending)?.[1];
  if (!kind) throw new Failure(`${file}: is no kind of drawing`, "End the name in .svg, .html or .mmd.");
  return kind;
}

export function writeGraph(file: string, draw: (kind: Kind) => string, host: Host): void {
  const kind = graphKind(file);
  try {
    writeFileSync(resolve(host.cwd, file), draw(kind));
  } catch (error) {
    throw fileFailure(error, file);
  }
}
