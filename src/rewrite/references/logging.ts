/** Names of loggers: literal ones follow the modules that they are called after, and so do the keys of dictionaries that configure logging. */
import type { CatalogueRow } from "../../model/catalogue.ts";
import type { Expression, MappingExpression } from "../../model/program.ts";
import type { Context } from "../context.ts";
import { type Outcome, editLiteral, namedBy, relocateArgument } from "./argument.ts";
import type { Collector } from "./collector.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Scene } from "./scene.ts";
import { type Value, alternatives } from "./values.ts";

const nothingNamed: Outcome = { kind: "none", parameters: [], named: [] };
const KEY = "the key of a logger in a dictionary that configures logging";

/** `logging.captureWarnings` logs to `py.warnings`, whatever module is called `py`. */
export function relocateLogger(argument: Expression, value: Value, row: CatalogueRow, context: Context, collector: Collector, evaluate?: Evaluator): Outcome {
  if (value.kind === "text" && value.complete && value.text === "py.warnings") {
    for (const { literal } of value.pieces) collector.claim(literal);
    return nothingNamed;
  }
  return relocateArgument(argument, value, "prefix", "logger-name", `${row.callable} takes it (catalogue: ${row.meaning})`, context, collector, evaluate);
}

/** Keys of `loggers`, where they are written; classes and factories are dotted names that exist, which strings.ts finds. */
export function relocateLogging(argument: Expression, { evaluate, context, collector }: Scene): void {
  for (const value of alternatives(evaluate(argument))) {
    if (value.kind !== "table") continue;
    for (const [key, entries] of value.entries) {
      if (key.kind !== "text" || key.text !== "loggers" || entries.kind !== "table") continue;
      for (const [logger] of entries.entries) {
        if (logger.kind !== "text" || logger.pieces[0]?.literal?.parent?.kind !== "mapping") continue;
        const named = namedBy(logger, "prefix", context);
        if (named) editLiteral(logger, named, "logger-name", KEY, context, collector);
      }
    }
  }
}

const beside = new Set(["version", "handlers", "formatters", "root", "disable_existing_loggers"]);

/** `{"version": 1, "loggers": {"a": …}}`, whoever takes it, and `config["loggers"]["a"]`. */
export function relocateLoggingTables(scene: Scene): void {
  const { program, evaluate, collector, context } = scene;
  const textOf = (expression: Expression | undefined): string | undefined => {
    const value = expression && evaluate(expression);
    return value?.kind === "text" && value.complete ? value.text : undefined;
  };
  const relocateKey = (key: Expression): unknown => relocateArgument(key, evaluate(key), "prefix", "logger-name", KEY, context, collector);
  for (const expression of program.expressions) {
    if (expression.kind === "mapping") {
      for (const { key, value } of loggersIn(expression, textOf)) if (textOf(key) === "loggers" && value.kind === "mapping") for (const entry of value.entries) relocateKey(entry.key);
    } else if (expression.kind === "subscript" && expression.object.kind === "subscript" && textOf(expression.object.indices[0]) === "loggers" && expression.indices[0]) relocateKey(expression.indices[0]);
  }
}

/** The entries of a dictionary that has what one that configures logging has. */
function loggersIn({ entries }: MappingExpression, textOf: (expression: Expression) => string | undefined): MappingExpression["entries"] {
  return entries.length > 1 && entries.some(({ key }) => beside.has(textOf(key) ?? "")) ? entries : [];
}
