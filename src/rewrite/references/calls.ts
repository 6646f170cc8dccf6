/** Calls of the catalogue's callables, found through the file's imports and aliases. Functions that hand a name on to one: handedOn.ts. */
import type { CatalogueRow } from "../../model/catalogue.ts";
import type { Rule } from "../../model/edit.ts";
import type { CallExpression, Expression, SubscriptExpression } from "../../model/program.ts";
import { type Outcome, type Shape, relocateArgument } from "./argument.ts";
import { relocateCode } from "./code.ts";
import { noteGroup } from "./entryPointLookUps.ts";
import { keptValue } from "./keptByObject.ts";
import { claimAskedOfHelper, renameDistribution, rewriteMetadata, rewriteRequirement } from "./metadata.ts";
import { relocateLogger, relocateLogging } from "./logging.ts";
import { type Parameter, type Scene, keyOf } from "./scene.ts";
import { relocateTopModule } from "./topModule.ts";
import { alternatives, stringsIn } from "./values.ts";

export function rewriteCalls(scene: Scene): void {
  for (const expression of scene.program.expressions) {
    if (expression.kind === "other" && expression.type === "exec_statement" && expression.parts[0]) relocateCode(expression.parts[0], "exec", scene);
  }
  for (const call of scene.program.expressions) {
    if (call.kind !== "call" || claimAskedOfHelper(call, scene)) continue;
    for (const row of rowsFor(call, scene)) rewriteCall(call, row, scene);
  }
  for (const expression of scene.program.expressions) if (expression.kind === "subscript") leaveGroup(expression, scene);
}

function rowsFor(call: CallExpression, { evaluate, context }: Scene): readonly CatalogueRow[] {
  const { rows } = context.options.catalogue;
  if (call.callee.kind === "attribute" && call.callee.object.kind === "name") {
    const [object] = alternatives(evaluate(call.callee.object));
    if (object?.kind === "parameter") return rows.get(`@${object.name}.${call.callee.name}`) ?? [];
  }
  // An attribute's dotted name ends as it does itself.
  if (call.callee.kind === "attribute" && !lastWords(rows).has(call.callee.name)) return [];
  const callee = evaluate(call.callee);
  const names = alternatives(callee).flatMap((each) => (each.kind === "object" ? each.names : []));
  return names.flatMap((name) => rows.get(name) ?? []).filter((row, index, all) => all.findIndex((other) => other.argument === row.argument && other.meaning === row.meaning) === index);
}

const knownWords = new WeakMap<ReadonlyMap<string, unknown>, ReadonlySet<string>>();

/** The last words of the catalogue's callables. */
function lastWords(rows: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  let words = knownWords.get(rows);
  if (!words) knownWords.set(rows, (words = new Set([...rows.keys()].map((name) => name.slice(name.lastIndexOf(".") + 1)))));
  return words;
}

export function argumentOf(call: CallExpression, index: number, keyword: string | undefined): Expression | undefined {
  const named = keyword === undefined ? undefined : call.keywords.find(({ name }) => name === keyword)?.value;
  return named ?? call.positional[index];
}

function rewriteCall(call: CallExpression, row: CatalogueRow, scene: Scene): void {
  const given = row.every ? call.positional : [argumentOf(call, row.argument, row.keyword)].filter((each) => each !== undefined);
  for (const argument of given) {
    switch (row.meaning) {
      case "module":
      case "namespace-package":
      case "anchor":
        note(call, argument, handle(argument, "module", "module-call", row, scene), row, scene);
        break;
      case "object":
        // These are given objects themselves as well.
        note(call, argument, handle(argument, "object", "object-call", row, scene), /^@|patch\.dict$/.test(row.callable) ? undefined : row, scene);
        break;
      case "module-prefix":
        note(call, argument, handle(argument, "prefix", "module-call", row, scene), undefined, scene);
        break;
      case "logger":
        note(call, argument, relocateLogger(argument, scene.evaluate(argument), row, scene.context, scene.collector, scene.evaluate), undefined, scene);
        break;
      case "top-module":
        noteName(argument, scene);
        note(call, argument, relocateTopModule(call, argument, row, scene), row, scene);
        break;
      case "module-regex":
        relocatePattern(argument, row, scene);
        break;
      case "code":
        relocateCode(argument, row.callable, scene);
        break;
      case "version":
      case "metadata":
        rewriteMetadata(call, argument, row, scene);
        break;
      case "requirement":
        if (rewriteRequirement(call, given, row, scene)) return;
        leave(argument, row, scene);
        break;
      case "entry-point-group":
      case "label":
        leave(argument, row, scene);
        if (row.meaning === "entry-point-group") noteGroup(argument, scene);
        for (const value of alternatives(scene.evaluate(argument))) if (value.kind === "parameter") scene.importers.set(keyOf(value), { parameter: value, row });
        break;
      case "logging-configuration":
        relocateLogging(argument, scene);
    }
  }
}

function handle(argument: Expression, shape: Shape, rule: Rule, row: CatalogueRow, scene: Scene): Outcome {
  const { evaluate, context, collector } = scene;
  if (row.meaning === "module" || row.meaning === "object") noteName(argument, scene);
  return relocateArgument(argument, row.meaning === "module-prefix" ? evaluate(argument) : keptValue(argument, scene), shape, rule, takenBy(row), context, collector, evaluate);
}

function noteName(argument: Expression, { names, moduleNames }: Scene): void {
  if (argument.kind === "name") for (const binding of names.bindingsOf(argument)) moduleNames.add(`${binding.name} ${binding.start}`);
}

/** What is known only at run time is said; a parameter makes its function a callable of the same kind. */
function note(call: CallExpression, argument: Expression, outcome: Outcome, row: CatalogueRow | undefined, scene: Scene): void {
  for (const parameter of outcome.parameters) {
    const key = keyOf(parameter);
    if (isPutBehindOwnName(parameter, scene)) scene.ownNames.add(key);
    scene.importers.set(key, { parameter, row });
  }
  if (outcome.kind !== "opaque" || !row) return;
  scene.opaque(call, argument, row, outcome.named.length > 0);
}

/** `"{}.{}".format(__name__, name)`: the function makes a name of its own of what it is given, and a relocated one would be another. */
function isPutBehindOwnName({ owner, name }: Parameter, { program, names, context }: Scene): boolean {
  return program.expressions.some((expression) => {
    if (expression.kind !== "name" || expression.name !== name || !names.bindingsOf(expression).some(({ how }) => how.kind === "parameter" && how.owner === owner)) return false;
    let whole: Expression = expression;
    while (whole.parent) whole = whole.parent;
    if (whole === expression || !isMadeText(whole) || !/\b__(?:name|package)__\b/.test(context.source.toString("latin1", whole.start, whole.end))) return false;
    // It is entered into sys.modules by the name that was made.
    return program.bindings.some(({ how, name: made }) => made !== name && how.kind === "assign" && how.value === whole && new RegExp(`\\bmodules\\[\\s*${made}\\b`).test(context.source.toString("latin1")));
  });
}

/** A sum, a format, or an f-string, and no call of anything else. */
function isMadeText(whole: Expression): boolean {
  if (whole.kind === "call") return whole.callee.kind === "attribute" && ["format", "join"].includes(whole.callee.name) && whole.callee.object.kind === "string";
  return whole.kind === "string" || (whole.kind === "binary" && (whole.operator === "+" || whole.operator === "%"));
}

function takenBy({ callable, meaning }: CatalogueRow): string {
  return `${callable} takes it (catalogue: ${meaning})`;
}

/** `entry_points()["a.plugins"]` */
function leaveGroup({ object, indices }: SubscriptExpression, scene: Scene): void {
  const [index] = indices;
  const row = alternatives(scene.evaluate(object)).flatMap((each) => (each.kind === "object" ? each.names : [])).flatMap((name) => scene.context.options.catalogue.rows.get(name) ?? []).find(({ meaning }) => meaning === "entry-point-group");
  if (!index || !row) return;
  leave(index, row, scene);
  noteGroup(index, scene);
}

const LEFT = { requirement: "a requirement", "entry-point-group": "the name of a group of entry points", label: "a name of something else" };

/** Not a module, whatever it looks like. */
export function leave(argument: Expression, row: CatalogueRow, scene: Scene): void {
  const { evaluate, context, collector } = scene;
  for (const value of stringsIn(evaluate(argument))) {
    if (value.kind !== "text") continue;
    // A group that moves along is found as a string of its own (strings.ts).
    if (row.meaning === "entry-point-group" && context.options.inventory.groups.has(value.text)) continue;
    const renamed = row.meaning === "requirement" ? context.options.inventory.distribution(/^[\w.-]*/.exec(value.text)?.[0] ?? "")?.renamed : undefined;
    if (renamed !== undefined) renameDistribution(argument, [value], renamed, row, scene);
    for (const { literal } of value.pieces) {
      if (!literal) continue;
      collector.claim(literal);
      if (renamed === undefined && context.options.relocations.covering(value.text)) collector.site(literal, value.text, "proven", "catalogue", "left", `${row.callable} takes it as ${LEFT[row.meaning as keyof typeof LEFT]}`);
    }
  }
}

/** `filterwarnings(module=r"a\.b")`: the pattern is matched from the beginning of the module's name. */
function relocatePattern(argument: Expression, row: CatalogueRow, { evaluate, context, collector }: Scene): void {
  const value = evaluate(argument);
  if (value.kind !== "text") return;
  const [piece] = value.pieces;
  const match = /^(\^?)([^\W\d]\w*)(?![\w])/.exec(value.text);
  const relocation = match?.[2] === undefined ? undefined : context.options.relocations.covering(match[2]);
  if (!match || !relocation || !piece?.span || piece.shared) return;
  const moved = relocation.to.endsWith(`.${relocation.from}`);
  if (!moved && relocation.from !== match[2]) return;
  const literal = piece.literal;
  const raw = literal?.kind === "string" && /^[a-zA-Z]*[rR]/.test(context.source.toString("latin1", literal.start, literal.start + 3));
  const text = (moved ? relocation.to.slice(0, -relocation.from.length) : relocation.to).replaceAll(".", raw ? "\\." : "[.]");
  const at = piece.span.start + (match[1]?.length ?? 0);
  collector.edit({ start: at, end: moved ? at : at + relocation.from.length }, text, "module-call");
  collector.claim(literal);
  collector.site(literal ?? argument, relocation.from, "proven", "module-call", "rewritten", `${row.callable} matches it against names of modules`);
}
