/** The command line of `enisle plan`. */
import { type Command, Option } from "commander";
import { type CommonOptions, type FetchingFlags, collect, fetching } from "./main.ts";
import type { Tools } from "./lifecycle.ts";

interface PlanFlags extends Omit<CommonOptions, "format" | "project" | "namespace" | "targetPython">, FetchingFlags {
  readonly format: "text" | "json" | "toml" | "mermaid" | "svg" | "html" | "rpm" | "deb";
  readonly constraint: string[];
  readonly system: string[];
  readonly python?: string;
  readonly extra: string[];
  readonly prefer: string[];
  readonly never: string[];
  readonly always: string[];
  readonly index: boolean;
  readonly refresh?: boolean;
  readonly editable?: boolean;
  readonly graph?: string;
  readonly apply?: boolean;
  readonly check: boolean;
}

export function addPlan(program: Command, { withFetching, perform, end }: Pick<Tools, "withFetching" | "perform" | "end">): void {
  withFetching(program.command("plan").argument("[PROJECT...]", "source trees, wheels, source archives, files of requirements, requirements"))
    .description("which requirements of several projects conflict on one system, and what to relocate where")
    .option("-c, --constraint <FILE>", "known-good pins, which the shared installation keeps to (repeatable)", collect, [])
    .option("--system <DIR>", "what the operating system provides, and nobody changes: the directory of its .dist-info (repeatable)", collect, [])
    .option("--python <VERSION>", "the system's interpreter: 3.11, or how it is run")
    .option("--extra <NAME>", "an extra of the projects that is asked for (repeatable)", collect, [])
    .option("--prefer <[PROJECT:]DIST>", "relocate this one where it is one or another (repeatable)", collect, [])
    .option("--never <[PROJECT:]DIST>", "do not relocate it (repeatable)", collect, [])
    .option("--always <[PROJECT:]DIST>", "relocate it in any case (repeatable)", collect, [])
    .option("--no-index", "ask no index: work from --find-links alone")
    .option("--refresh", "ask pip again, whatever it answered within the hour")
    .option("-e, --editable", "the install line takes source trees with -e")
    .option("--graph <FILE>", "draw it, as .svg, .html or .mmd (Mermaid)")
    .option("--apply", "write the configuration of each project, run enisle vendor there, install all into a temporary environment and check it together")
    .option("--no-check", "with --apply: do not install and check")
    .addOption(new Option("--format <FORMAT>", "how to print the result").choices(["text", "json", "toml", "mermaid", "svg", "html", "rpm", "deb"]).default("text"))
    .option("--dry-run", "with --apply: say what would be done, write nothing")
    .option("--strict", "findings of severity warning fail too")
    .option("-q, --quiet", "print errors only")
    .option("-v, --verbose", "print more")
    .option("--no-color", "no colours")
    .action(async (projects: string[], options: PlanFlags) => {
      const { plan } = await import("./commands/plan.ts");
      const { planFormat } = await import("./report/planFormats.ts");
      const format = options.format === "json" ? "json" : "text";
      end(await perform({ ...options, project: ".", format, diff: false }, async (host) => {
        const asked = {
          ...fetching(options), projects, constraints: options.constraint, system: options.system, python: options.python, extras: options.extra, prefer: options.prefer, never: options.never, always: options.always,
          noIndex: !options.index, refresh: options.refresh === true, editable: options.editable === true,
        };
        const { graphKind, writeGraph } = await import("./commands/planGraph.ts");
        if (options.graph !== undefined) graphKind(options.graph);
        const outcome = await plan(asked, host);
        if (options.graph !== undefined) {
          const { graphFor } = await import("./report/planFormats.ts");
          writeGraph(options.graph, (kind) => graphFor(kind, outcome.details), host);
        }
        if (options.apply) {
          const { applyPlan } = await import("./commands/applyPlan.ts");
          const applied = await applyPlan(outcome, { ...asked, dryRun: options.dryRun === true, check: options.check }, host);
          return { outcome: applied, format: planFormat(options.format, applied.details) };
        }
        return { outcome, format: planFormat(options.format, outcome.details) };
      }));
    });
}
