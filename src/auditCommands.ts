/** The command line of audits and of the indexes that they use. */
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { AuditArguments } from "./auditCli.ts";
import type { Tools } from "./lifecycle.ts";
import { type CommonOptions, collect } from "./main.ts";

type AuditCliOptions = Omit<CommonOptions, "format"> & AuditArguments;

export function addAudit(program: Command, { perform, end }: Pick<Tools, "perform" | "end">): void {
  program
    .command("audit")
    .argument("[ROOT...]", "directories, wheels, eggs, sdists, .deb packages (default: the current directory)")
    .description("find vendored copies: what each is, whether it was changed, which advisories apply")
    .option("-C, --project <DIR>", "the project whose configuration is read", ".")
    .option("--db <PATH>", "advisories: a directory of OSV entries, a file, or an archive such as all.zip (repeatable)", collect, [])
    .option("--fetch-db", "download advisories, or renew what was downloaded more than a day ago; it stays in the cache, and what was downloaded last is used where --db names nothing")
    .option("--db-url <URL>", "from where (default: OSV's export for PyPI); implies --fetch-db")
    .option("--no-db", "no advisories")
    .option("--index <FILE>", "an index of releases besides the shipped one (repeatable)", collect, [])
    .option("--archives <DIR>", "wheels and sdists, for diffs of patched copies against their release (repeatable; those in the cache are used anyway)", collect, [])
    .addOption(new Option("--format <FORMAT>", "how to print the result").choices(["text", "json", "cyclonedx", "spdx", "sarif", "csv", "html", "fedora", "debian"]).default("text"))
    .option("-o, --output <FILE>", "write the result to a file")
    .addOption(new Option("--fail-on <LEVEL>", "which advisories fail: those of this severity and above, any, or unknown (undecided ones too)").choices(["low", "medium", "high", "critical", "any", "unknown"]))
    .option("--ignore <ID>", "accept an advisory (repeatable)", collect, [])
    .option("--until <DATE>", "the last day on which --ignore holds, as 2026-12-31")
    .option("--reason <TEXT>", "why --ignore accepts them")
    .option("--baseline <FILE>", "an earlier --format json: what it has already does not fail")
    .option("--since <FILE>", "an earlier --format json: print what changed since")
    .option("--write-sbom", "write a CycloneDX document beside each vendored.json, true to the copies there")
    .option("--no-cache", "read everything anew")
    .option("--strict", "findings of severity warning fail too")
    .option("-q, --quiet", "print errors only")
    .option("-v, --verbose", "print more: evidence, differences, advisories that do not apply")
    .option("--no-color", "no colours")
    .action(async (roots: string[], options: AuditCliOptions) => {
      const { runAudit } = await import("./auditCli.ts");
      end(await perform({ ...options, format: options.format === "json" ? "json" : "text" }, (host) => runAudit(roots, options, host)));
    });
}

/** `index add`, `index show`. */
export function addIndex(program: Command, { perform, end }: Pick<Tools, "perform" | "end">): void {
  const index = program.command("index").description("indexes of releases, by which `audit` knows a copy without metadata");
  const common = (command: Command): Command =>
    command
      .option("--index <FILE>", "the index (default: your own, below XDG_DATA_HOME)")
      .addOption(new Option("--format <FORMAT>", "how to print the result").choices(["text", "json"]).default("text"))
      .option("-q, --quiet", "print errors only")
      .option("-v, --verbose", "print more")
      .option("--no-color", "no colours");
  common(index.command("add").argument("[SOURCE...]", "wheels, sdists, directories of them, or NAME==VERSION, which pip downloads"))
    .description("add releases; makes the index where there is none")
    .action(async (sources: string[], options: CommonOptions & { index?: string }) => {
      const { indexAdd, ownIndexFile } = await import("./commands/indexReleases.ts");
      const { formatIndex } = await import("./report/audit/index.ts");
      end(await perform(options, async (host) => ({ outcome: await indexAdd({ sources, index: options.index === undefined ? ownIndexFile() : resolve(options.index) }, host), format: formatIndex })));
    });
  common(index.command("show"))
    .description("what an index holds (default: the one that is shipped)")
    .action(async (options: CommonOptions & { index?: string }) => {
      const { indexShow, ownIndexFile, shippedIndexFile } = await import("./commands/indexReleases.ts");
      const { formatIndex } = await import("./report/audit/index.ts");
      end(await perform(options, async () => ({ outcome: indexShow(options.index === undefined ? (shippedIndexFile() ?? ownIndexFile()) : resolve(options.index)), format: formatIndex })));
    });
}
