/** The command line of what happens to copies later: update, eject, wheel, patch, init. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { NodeHost } from "./host/node.ts";
import { type CommonOptions, type FetchingFlags, type Performed, type VendorFlags, collect, fetching } from "./main.ts";

export interface Tools {
  withCommon(command: Command): Command;
  withFetching(command: Command): Command;
  perform<Result>(options: CommonOptions, run: (host: NodeHost) => Promise<Performed<Result>>): Promise<number>;
  /** Takes the exit code. */
  end(code: number): void;
}

export function addLifecycle(program: Command, { withCommon, withFetching, perform, end }: Tools): void {
  withFetching(withCommon(program.command("update").argument("[DIST[==V]...]", "copies to move; none: all that were asked for")))
    .description("re-vendor copies at another version, in one project or in every project below ROOT")
    .option("--root <ROOT>", "every project below this directory (repeatable)", collect, [])
    .option("--outdated", "only say which copies are behind")
    .action(async (distributions: string[], options: CommonOptions & FetchingFlags & { root: string[]; outdated?: boolean }) => {
      const { update } = await import("./commands/update.ts");
      const { parsePython } = await import("./commands/consumer.ts");
      const { formatUpdate } = await import("./report/lifecycle.ts");
      end(await perform(options, async (host) => ({
        outcome: await update({
          ...fetching(options), project: resolve(options.project), namespace: options.namespace, targetPython: parsePython(options.targetPython), distributions, roots: options.root,
          outdated: options.outdated === true, dryRun: options.dryRun === true, diff: options.diff === true,
        }, host),
        format: formatUpdate,
      })));
    });

  withCommon(program.command("eject").argument("[DIST...]", "copies that go"))
    .description("the way back: use the system's library again")
    .option("--all", "every copy")
    .option("--force", "patched copies too")
    .option("--if-satisfied", "only what the running system provides in an admissible version")
    .option("--python <COMMAND>", "the interpreter that is asked for that", "python3")
    .action(async (distributions: string[], options: CommonOptions & { all?: boolean; force?: boolean; ifSatisfied?: boolean; python: string }) => {
      const { eject } = await import("./commands/eject.ts");
      const { parsePython } = await import("./commands/consumer.ts");
      const { formatEject } = await import("./report/lifecycle.ts");
      end(await perform(options, async (host) => ({
        outcome: await eject({
          project: resolve(options.project), namespace: options.namespace, targetPython: parsePython(options.targetPython), distributions, all: options.all === true, force: options.force === true,
          ifSatisfied: options.ifSatisfied === true, python: options.python, dryRun: options.dryRun === true, diff: options.diff === true,
        }, host),
        format: formatEject,
      })));
    });

  withFetching(withCommon(program.command("wheel").argument("<IN>", "a built wheel, or a source distribution (.tar.gz)")))
    .description("on a built wheel or a source distribution: the same kind out, self-contained; a wheel on request under another name")
    .option("--vendor <SOURCE>", "what goes inside (repeatable)", collect, [])
    .option("--rename <OLD=NEW>", "give the wheel's own package another name, so that two versions can be installed side by side (repeatable)", collect, [])
    .option("-r, --requirement <FILE>", "a file of requirements, or a pylock.toml, that go inside (repeatable)", collect, [])
    .option("-c, --constraint <FILE>", "a file of constraints for pip's resolver (repeatable)", collect, [])
    .option("--drop <GLOB>", "leave these upstream files out (repeatable)", collect, [])
    .option("--keep <GLOB>", "keep these in spite of what is dropped (repeatable)", collect, [])
    .option("--build", "make a wheel of a source distribution")
    .requiredOption("-w, --wheel-dir <DIR>", "where the result goes")
    .action(async (input: string, options: VendorFlags & { vendor: string[]; rename: string[]; wheelDir: string; build?: boolean }) => {
      const { wheel } = await import("./commands/wheel.ts");
      const { parsePython } = await import("./commands/consumer.ts");
      const { formatWheel } = await import("./report/lifecycle.ts");
      end(await perform(options, async (host) => ({
        outcome: await wheel({
          ...fetching(options), wheel: input, sources: options.vendor, renames: options.rename, directory: options.wheelDir, namespace: options.namespace, targetPython: parsePython(options.targetPython),
          requirementFiles: options.requirement, constraints: options.constraint, drop: options.drop, keep: options.keep, dryRun: options.dryRun === true || options.diff === true, build: options.build === true,
        }, host),
        format: formatWheel,
      })));
    });

  withFetching(withCommon(program.command("patch").argument("<DIST>", "the copy that was edited")))
    .description("turn hand edits in a copy into a patch that later versions get too")
    .option("--source <SOURCE>", "where the unchanged copy comes from, when neither git nor the index has it")
    .option("--after", "write it for relocated names")
    .action(async (distribution: string, options: CommonOptions & FetchingFlags & { source?: string; after?: boolean }) => {
      const { patch } = await import("./commands/patch.ts");
      const { formatPatchResult } = await import("./report/lifecycle.ts");
      end(await perform(options, async (host) => ({
        outcome: await patch({ ...fetching(options), project: resolve(options.project), namespace: options.namespace, distribution, source: options.source, after: options.after === true, dryRun: options.dryRun === true, diff: options.diff === true }, host),
        format: formatPatchResult,
      })));
    });

  withCommon(program.command("init"))
    .description("write a first configuration")
    .action(async (options: CommonOptions) => {
      const { init } = await import("./commands/init.ts");
      const { formatInit } = await import("./report/lifecycle.ts");
      end(await perform(options, async (host) => ({ outcome: await init({ project: resolve(options.project), namespace: options.namespace, dryRun: options.dryRun === true, diff: options.diff === true }, host), format: formatInit })));
    });
}
