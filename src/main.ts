/** The command line: options, dispatch, printing. Reports are made by report/, work is done by commands/. */
import { resolve } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { type NodeHost, nodeHost } from "./host/node.ts";
import { Failure, fileFailure } from "./model/failure.ts";
import type { CheckOptions } from "./commands/check.ts";
import type { CheckResult } from "./model/checkResult.ts";
import type { Outcome } from "./model/outcome.ts";
import { countFindings, exitCodeOf } from "./report/findings.ts";
import type { FetchFlags } from "./commands/fetchSettings.ts";
import { addAudit, addIndex } from "./auditCommands.ts";
import { addLifecycle } from "./lifecycle.ts";
import { addPlan } from "./planning.ts";
import { formatJson } from "./report/json.ts";
import { paint, visible } from "./report/terminal.ts";
import type { TextOptions } from "./report/text.ts";
import { interrupt } from "./write/transaction.ts";
import { VERSION } from "./version.ts";

export interface CommonOptions {
  readonly project: string;
  readonly namespace?: string;
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  readonly format: "text" | "json" | "sarif" | "junit";
  readonly targetPython?: string;
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

/** How requirements are fetched. */
export interface FetchingFlags {
  readonly withDeps?: boolean;
  readonly deps: boolean;
  readonly onlyBinary?: boolean;
  readonly offline?: boolean;
  readonly allowYanked?: boolean;
  readonly findLinks: readonly string[];
  readonly pip?: string;
  readonly engine?: "pip" | "uv";
}

export interface VendorFlags extends CommonOptions, FetchingFlags {
  readonly requirement: readonly string[];
  readonly constraint: readonly string[];
  readonly drop: readonly string[];
  readonly keep: readonly string[];
  readonly locked?: boolean;
  readonly check?: boolean;
  readonly out?: string;
  readonly verified: "rewrite" | "report";
  readonly runtimeMap?: boolean;
}

/** Runs one command; resolves to its exit code: 0 clean, 1 findings, 2 could not run. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("enisle");
  const said: Promise<void>[] = [];
  program
    .description("Relocate a Python library under a project's private namespace, rewriting every import.")
    .version(VERSION, "-V, --version")
    .exitOverride()
    .configureOutput({ writeOut: (text) => void said.push(print(process.stdout, text)), writeErr: (text) => void said.push(print(process.stderr, text)) })
    .configureHelp({ helpWidth: 80 })
    .showSuggestionAfterError();

  withFetching(withCommon(program.command("vendor").argument("[SOURCE...]", "wheels, source distributions, directories, requirements; none: what is declared")))
    .description("relocate distributions into the project's namespace and rewrite the project to use them")
    .option("-r, --requirement <FILE>", "a file of requirements, or a pylock.toml (repeatable)", collect, [])
    .option("-c, --constraint <FILE>", "a file of constraints for pip's resolver (repeatable)", collect, [])
    .option("--drop <GLOB>", "leave these upstream files out of the copy (repeatable)", collect, [])
    .option("--keep <GLOB>", "keep these in spite of what is dropped (repeatable)", collect, [])
    .option("--out <DIR>", "leave the project alone, and write a relocated copy of it to this directory")
    .option("--locked", "write nothing, and fail where the tree is not what is declared")
    .option("--check", "write nothing, and print the difference to what is declared")
    .addOption(verifiedOption())
    .option("--runtime-map", "let names that are known only at run time go through a generated helper module")
    .action(async (sources: string[], options: VendorFlags) => {
      const { vendor } = await import("./commands/vendor.ts");
      const { parsePython } = await import("./commands/consumer.ts");
      const { formatVendor } = await import("./report/text.ts");
      code = await perform({ ...options, diff: options.diff === true || options.check === true, dryRun: options.dryRun === true || options.locked === true }, async (host) => {
        const outcome = await vendor({
          ...fetching(options), project: resolve(options.project), sources, namespace: options.namespace, targetPython: parsePython(options.targetPython), dryRun: options.dryRun === true, diff: options.diff === true,
          requirementFiles: options.requirement, constraints: options.constraint, drop: options.drop, keep: options.keep, locked: options.locked === true, check: options.check === true,
          out: options.out === undefined ? undefined : resolve(options.out),
          verified: options.verified, runtimeMap: options.runtimeMap === true,
        }, host);
        return { outcome, format: formatVendor };
      });
    });

  addPlan(program, { withFetching, perform, end: (result) => (code = result) });
  addLifecycle(program, { withCommon, withFetching, perform, end: (result) => (code = result) });

  withCommon(program.command("rewrite").argument("[PATH...]", "Python files, or directories of them"))
    .description("the bare rewriter: rewrite files in place, or standard input to standard output")
    .option("--map <FROM=TO>", "a name and the name it is relocated to (repeatable)", collect, [])
    .option("--stdin", "read one file from standard input and write the result to standard output")
    .option("--stdin-name <NAME>", "its name, for messages; a name in .pyi makes it a stub", "stdin.py")
    .addOption(verifiedOption())
    .action(async (paths: string[], options: CommonOptions & { map: string[]; stdin?: boolean; stdinName: string; verified: "rewrite" | "report" }) => {
      const { parseMap, rewrite, rewriteText } = await import("./commands/rewrite.ts");
      const { parsePython } = await import("./commands/consumer.ts");
      const { formatRewrite } = await import("./report/text.ts");
      code = await perform(options, async (host) => {
        const settings = { relocations: options.map.map(parseMap), targetPython: parsePython(options.targetPython) ?? ([3, 9] as const) };
        if (!options.stdin) {
          const outcome = await rewrite({ ...settings, paths, verified: options.verified, dryRun: options.dryRun === true, diff: options.diff === true }, host);
          return { outcome, format: formatRewrite };
        }
        if (paths.length > 0) throw new Failure("--stdin and PATH were both given", "Use one of them.");
        const { content, outcome } = await rewriteText(host.readStandardInput(), options.stdinName, settings);
        if (options.diff || options.dryRun || options.format === "json") return { outcome, format: formatRewrite };
        return { outcome, format: formatRewrite, content };
      });
    });

  withCommon(program.command("explain").argument("<FILE[:LINE]>", "a file of a copy or of the project"))
    .description("every site in a file: what was done, by which rule, and why")
    .option("--map <FROM=TO>", "explain for this relocation instead of the project's own (repeatable)", collect, [])
    .action(async (file: string, options: CommonOptions & { map: string[] }) => {
      const { explain } = await import("./commands/explain.ts");
      const { parseMap } = await import("./commands/rewrite.ts");
      const { formatExplain } = await import("./report/text.ts");
      code = await perform(options, async (host) => {
        const outcome = await explain({ file, project: resolve(options.project), namespace: options.namespace, relocations: options.map.map(parseMap) }, host);
        return { outcome, format: formatExplain };
      });
    });

  const command = program.command("check").argument("[ROOT...]", "directories with vendored copies somewhere below (default: the project)");
  withReport(command, ["text", "json", "sarif", "junit"])
    .description("leaks, drift, collisions and stale copies; on request, proof in real interpreters and against upstream")
    .option("--import", "import every module of copies and projects, with a tripwire for original names")
    .option("--python <PATH>", "an interpreter for --import and --together (repeatable; default: python3)", collect, [])
    .option("--import-timeout <SECONDS>", "how long one module may take to import", "30")
    .option("--together <DIR...>", "import these projects into one interpreter, and prove that they share nothing")
    .option("--upstream", "prove the copies byte for byte against the original archives")
    .option("--find-links <DIR>", "where --upstream looks for archives before it fetches them (repeatable)", collect, [])
    .action(async (roots: string[], options: CheckCommandOptions) => {
      const { check } = await import("./commands/check.ts");
      const { formatCheck } = await import("./report/check.ts");
      code = await perform(options, async (host) => ({ outcome: await check(checkOptions(roots, options), host), format: formatCheck }));
    });
  addAudit(program, { perform, end: (result) => (code = result) });
  addIndex(program, { perform, end: (result) => (code = result) });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode === 0 ? 0 : 2;
  }
  try {
    await Promise.all(said);
  } catch (error) {
    await print(process.stderr, `error: ${(error as Failure).message}\n  Send it elsewhere.\n`);
    return 2;
  }
  return code;
}

interface CheckCommandOptions extends CommonOptions {
  readonly import?: boolean;
  readonly python: string[];
  readonly importTimeout: string;
  readonly together?: string[];
  readonly upstream?: boolean;
  readonly findLinks: string[];
}

function checkOptions(roots: string[], options: CheckCommandOptions): CheckOptions {
  const timeout = Number(options.importTimeout);
  if (!(timeout > 0 && timeout <= 3600)) throw new Failure(`--import-timeout ${options.importTimeout}: is no number of seconds`, "Give a number from 1 to 3600.");
  const imports = options.import === true || options.together !== undefined || options.python.length > 0;
  return {
    project: resolve(options.project),
    roots,
    pythons: imports ? (options.python.length > 0 ? options.python : ["python3"]) : undefined,
    together: options.together ?? [],
    upstream: options.upstream === true || options.findLinks.length > 0 ? options.findLinks : undefined,
    timeout,
  };
}

export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function verifiedOption(): Option {
  return new Option("--verified <WHAT>", "strings that are dotted names of the library's modules or their attributes: rewrite or report").choices(["rewrite", "report"]).default("rewrite");
}

function withCommon(command: Command): Command {
  return withReport(command)
    .option("--namespace <NAME>", "where distributions are relocated to (default: from the configuration, else PACKAGE._vendor)")
    .option("--dry-run", "say what would be done, write nothing")
    .option("--diff", "print a unified diff of every change, write nothing")
    .option("--target-python <VERSION>", "the oldest Python that the result must run on, such as 3.9");
}

/** The options of commands that change nothing. */
function withReport(command: Command, formats: readonly string[] = ["text", "json"]): Command {
  return command
    .option("-C, --project <DIR>", "the project's directory", ".")
    .addOption(new Option("--format <FORMAT>", "how to print the result").choices([...formats]).default("text"))
    .option("--strict", "findings of severity warning fail too")
    .option("-q, --quiet", "print errors only")
    .option("-v, --verbose", "print more")
    .option("--no-color", "no colours");
}

function withFetching(command: Command): Command {
  return command
    .option("--with-deps", "fetch the requirements of what is named too, as pip resolves them")
    .option("--no-deps", "fetch only what is named (the default)")
    .option("--only-binary", "build nothing: wheels only")
    .option("--offline", "ask no index: work from the cache and from --find-links")
    .option("--allow-yanked", "take versions that were yanked from the index")
    .option("--find-links <DIR>", "a folder, or a page, where pip looks for archives too (repeatable)", collect, [])
    .addOption(new Option("--engine <NAME>", "what resolves, fetches and builds (default: pip)").choices(["pip", "uv"]))
    .option("--pip <COMMAND>", "how pip is run (default: python3 -m pip); uv takes the interpreter of it");
}

export function fetching({ withDeps, deps, onlyBinary, offline, allowYanked, findLinks, pip, engine }: FetchingFlags): FetchFlags {
  return { withDeps: deps ? withDeps : false, onlyBinary, offline, allowYanked, findLinks: findLinks.map((folder) => (/^[a-z]+:\/\//i.test(folder) ? folder : resolve(folder))), pip, engine };
}

export interface Performed<Result> {
  readonly outcome: Outcome<Result>;
  readonly format: (outcome: Outcome<Result>, options: TextOptions) => string;
  /** Goes to standard output instead of the report, which then goes to standard error. */
  readonly content?: Buffer;
  /** What JSON shows as the result, where that is not the outcome's own. */
  readonly json?: unknown;
  /** Takes what would go to standard output. */
  readonly output?: string;
}

async function perform<Result>(options: CommonOptions, run: (host: NodeHost) => Promise<Performed<Result>>): Promise<number> {
  const colour = (stream: NodeJS.WriteStream): boolean => options.color && !process.env["NO_COLOR"] && stream.isTTY === true;
  const host = await nodeHost({ quiet: options.quiet === true });
  const onSignal = (): void => {
    host.quiet();
    host.stop();
    interrupt();
    process.exit(130);
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal).once("SIGHUP", onSignal);
  try {
    const { outcome, format, content, json, output } = await run(host);
    host.quiet();
    const preview = options.dryRun === true || options.diff === true;
    const text = (stream: NodeJS.WriteStream): string => format(outcome, { paint: paint(colour(stream)), quiet: options.quiet === true, verbose: options.verbose === true, preview });
    if (output !== undefined) {
      const { writeOutput } = await import("./write/output.ts");
      writeOutput(output, content ?? (options.format === "json" ? formatJson(outcome.command, json ?? outcome.result, outcome.findings) : format(outcome, { paint: paint(false), quiet: false, verbose: options.verbose === true, preview })));
      const done = `${output}: written${outcome.findings.length > 0 ? `; ${countFindings(outcome.findings)}` : ""}\n`;
      if (options.quiet !== true) await print(process.stderr, visible(done).replaceAll("\\u000a", "\n"));
    } else if (content) {
      await print(process.stdout, content);
      if (outcome.findings.length > 0) await print(process.stderr, text(process.stderr));
    } else if (options.format === "json") await print(process.stdout, formatJson(outcome.command, json ?? outcome.result, outcome.findings));
    else if (options.format !== "text") await print(process.stdout, await formatForTools(options.format, outcome));
    else if (options.diff) {
      const { formatDiff } = await import("./report/diff.ts");
      await print(process.stdout, formatDiff(outcome.changes));
      await print(process.stderr, text(process.stderr));
    } else await print(process.stdout, text(process.stdout));
    return exitCodeOf(outcome.findings, options.strict === true);
  } catch (error) {
    host.quiet();
    const colours = paint(colour(process.stderr));
    const failure = failureOf(error);
    if (failure) {
      await print(process.stderr, `${colours.error("error")}: ${failure.message.split("\n").map(visible).join("\n")}\n  ${visible(failure.wayOut)}\n`);
    } else {
      await print(process.stderr, `${colours.error("internal error")}: ${visible((error as Error).stack ?? String(error)).replaceAll("\\u000a", "\n")}\n  This is a defect of enisle: please report it with the command line and, if you can, the input.\n`);
    }
    return 2;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onSignal);
  }
}

/** What the file system refuses is no defect of the tool, wherever it shows. */
function failureOf(error: unknown): Failure | undefined {
  const { syscall, path } = error as NodeJS.ErrnoException;
  const known = syscall !== undefined && !syscall.startsWith("spawn") ? fileFailure(error, path ?? "a file that was being read or written") : error;
  return known instanceof Failure ? known : undefined;
}

/** Waits until the stream took it: a pipe may be slow, and exit codes must come after the output. Throws Failure where it does not, as on a full disk. */
function print(stream: NodeJS.WriteStream, content: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
      // Who closed a pipe has seen enough; and what cannot be said on standard error cannot be said.
      if (code === undefined || code === "EPIPE" || stream === process.stderr) resolve();
      else reject(new Failure(`standard output: cannot be written (${code === "ENOSPC" ? "no space left on the device" : code})`, "Send it elsewhere. Without --dry-run, --diff or --stdin the work itself has been done."));
    };
    stream.once("error", done); // without a listener the process would end with a stack trace
    stream.write(content, (error) => {
      if (!error) stream.off("error", done);
      done(error);
    });
  });
}

async function formatForTools(format: "sarif" | "junit", outcome: Outcome<unknown>): Promise<string> {
  if (format === "sarif") return (await import("./report/sarif.ts")).formatSarif(outcome.findings);
  const [{ formatJunit }, { rules }] = await Promise.all([import("./report/junit.ts"), import("./check/rules.ts")]);
  return formatJunit(outcome as Outcome<CheckResult>, rules);
}
