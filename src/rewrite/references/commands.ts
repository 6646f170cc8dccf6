/** `[sys.executable, "-m", "a.tool"]`, `[sys.executable, "-c", "import a"]`: a module or source code that another interpreter runs. */
import { relocateArgument } from "./argument.ts";
import { relocateCode } from "./code.ts";
import type { Scene } from "./scene.ts";
import type { Value } from "./values.ts";

export function rewriteCommands(scene: Scene): void {
  const { program, evaluate, context, collector } = scene;
  for (const expression of program.expressions) {
    if (expression.kind !== "sequence") continue;
    const values = expression.items.map(evaluate);
    const flag = values.findIndex((value) => value.kind === "text" && ["-m", "-c"].includes(value.text));
    const argument = expression.items[flag + 1];
    const value = values[flag + 1];
    if (flag < 0 || !argument || !value || !values.slice(0, flag).some(isInterpreter)) continue;
    const taken = values[flag];
    if (taken?.kind === "text" && taken.text === "-c") relocateCode(argument, "the interpreter's -c", scene);
    else relocateArgument(argument, value, "module", "command", "the interpreter's -m takes it", context, collector);
  }
}

function isInterpreter(value: Value): boolean {
  if (value.kind === "object") return value.names.some((name) => name === "sys.executable");
  return value.kind === "text" && /(?:^|[/\\])(?:python|pypy)[\d.w]*(?:\.exe)?$/.test(value.text);
}
