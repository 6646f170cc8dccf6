/** `--runtime-map`: a name that is known only at run time is mapped there, by the generated helper. */
import type { Rule } from "../../model/edit.ts";
import type { CallExpression, Expression } from "../../model/program.ts";
import type { Context } from "../context.ts";
import { quoteIn } from "./argument.ts";
import type { Collector } from "./collector.ts";

const WHY = "the generated helper maps it at run time";

/** `argument` is an expression whose value is a name; false where there is no helper, or it is not asked for. */
export function mapAtRunTime(argument: Expression, rule: Rule, context: Context, collector: Collector): boolean {
  const helper = helperIn(argument, context);
  if (helper === undefined || isMapped(argument, context)) return helper !== undefined;
  collector.needsHelper = true;
  collector.edit({ start: argument.start, end: argument.start }, `${helper}.relocated(`, rule);
  collector.edit({ start: argument.end, end: argument.end }, ")", rule);
  collector.site(argument, textOf(argument, context), "opaque", rule, "rewritten", WHY);
  return true;
}

/** `__import__`, whose value is the top module, by a function of the helper that does the same. */
export function importAtRunTime(call: CallExpression, context: Context, collector: Collector): boolean {
  const helper = helperIn(call, context);
  if (helper === undefined) return false;
  collector.needsHelper = true;
  collector.edit(call.callee, `${helper}.import_`, "import-call");
  collector.site(call, textOf(call, context), "opaque", "import-call", "rewritten", WHY);
  return true;
}

function helperIn(expression: Expression, { options, source }: Context): string | undefined {
  if (!options.runtimeMap || options.helper === undefined) return undefined;
  const quote = quoteIn(expression, source);
  return `__import__(${quote}${options.helper}${quote}, fromlist=[${quote}_${quote}])`;
}

/** The helper's own call, of an earlier run. */
function isMapped(expression: Expression, { options, source }: Context): boolean {
  return expression.kind === "call" && source.toString("latin1", expression.callee.start, expression.callee.end).includes(`${options.helper}`);
}

function textOf({ start, end }: Expression, { source }: Context): string {
  return source.toString("latin1", start, Math.min(end, start + 60));
}
