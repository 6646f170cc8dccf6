/**
 * Strings that no rule has claimed. One whose whole value is a dotted path that exists in a relocated distribution is *verified* and
 * rewritten; a single word, or a path that does not exist, is *ambiguous* and stays.
 */
import { headersAround } from "../../model/blocks.ts";
import type { Expression, StringExpression } from "../../model/program.ts";
import { type Named, editLiteral, namedBy, relocateArgument } from "./argument.ts";
import type { Span } from "../../model/span.ts";
import type { Context, Inventory } from "../context.ts";
import type { Collector } from "./collector.ts";
import { COINCIDENCE, isCoincidence, isKeyOfSettings } from "./evidence.ts";
import type { Scene } from "./scene.ts";
import { isRowOfModules } from "./tables.ts";
import type { Value } from "./values.ts";

type Text = Extract<Value, { kind: "text" }>;

export function rewriteStrings(scene: Scene): void {
  if (scene.context.place.stub) return;
  for (const expression of scene.program.expressions) {
    if (expression.kind !== "string" || expression.statement || scene.collector.isClaimed(expression)) continue;
    const value = scene.evaluate(expression);
    if (value.kind !== "text") continue;
    const joined = partOfLarger(expression);
    const top = /^\w+/.exec(value.text)?.[0];
    if (top === undefined || !scene.context.options.relocations.concerns(top)) continue;
    if (scene.names.isImportedAtTop(top) && namesBinding(expression, scene)) {
      if (value.complete && namedBy(value, "object", scene.context)) scene.collector.site(expression, value.text, "proven", "verified-string", "left", "an annotation: it names what the file's imports bind, and that keeps its name");
      continue;
    }
    const row = joined || !value.complete ? undefined : namedBy(value, "object", scene.context);
    if (row && isRowOfModules(row.name, expression, scene.context)) {
      relocateRow(value, row, expression, scene.context, scene.collector);
      continue;
    }
    // It begins with a constant that others read too: the namespace is put before it here.
    if (!joined && value.pieces[0] && value.pieces[0].literal !== expression && verified(value, scene.context)) {
      if (scene.context.options.verified === "rewrite") relocateArgument(expression, value, "object", "verified-string", "it exists in the relocated distribution", scene.context, scene.collector);
      continue;
    }
    decideString(joined ? { ...value, complete: false } : value, expression, scene.context, scene.collector);
  }
}

function relocateRow(value: Text, row: Named, at: Expression, context: Context, collector: Collector): void {
  if (context.options.verified === "report") collector.site(at, row.name, "verified", "verified-string", "left", "verified strings are only listed");
  else editLiteral(value, row, "verified-string", "its package exists, and beside it in the table stand modules of the relocated distribution", context, collector, "verified");
}

/** For a string as such, wherever it stands. `at` is the literal. */
export function decideString(value: Text, at: { readonly start: number; readonly end: number }, context: Context, collector: Collector): void {
  const named = isSentence(value, at, context) ? undefined : verified(value, context);
  const text = named && (isGroup(value, context) ? GROUP : ((isMapped(value, at, context) ? MAPPED : whatItSays(at, context)) ?? (isCoincidence(named.name, context) ? COINCIDENCE : undefined)));
  if (named && text !== undefined) return collector.site(at, named.name, "verified", "verified-string", "left", text);
  if (named) {
    if (context.options.verified === "report") collector.site(at, named.name, "verified", "verified-string", "left", "verified strings are only listed");
    else editLiteral(value, named, "verified-string", `'${named.name}' exists in the relocated distribution`, context, collector, "verified");
    return;
  }
  const ambiguous = namedBy(value, "object", context);
  if (ambiguous) collector.site(at, ambiguous.name, "ambiguous", "ambiguous-string", "left", ambiguous.name.includes(".") ? "no such module or attribute in the relocated distribution" : "a single word may mean anything");
}

const GROUP = "the name of a group of entry points that the library declares";
const SETTING = "a key of settings";
const SALT = "a salt: what was signed with it must stay valid";
const READ = "people read it";
/** `environ["a.b"]`, `environ.get("a.b")`; `"a.b" in environ`; `environ = {"a.b": …}` */
const lookedUp = /(?:\b|_)(?:environ|headers)(?:[ \t]*\[|\.(?:get|pop|setdefault|has_key)\()\s*$/i;
const inEnvironment = /^[ \t]+(?:not[ \t]+)?in[ \t]+(?:\w+\.)*\w*(?:environ|headers)\b/i;
const literalKey = /(?:\b|_)(?:environ|headers)[ \t]*(?:=|\(|\.update\()[ \t]*\{(?:[^{}]*,)?\s*$/i;
const KEY = "a key of a WSGI environment or of headers: whoever sets and reads it knows it by this name";

/** A group of entry points is often called like a package, and other distributions declare entry points in it by that name. */
function isGroup({ text }: Text, { options: { inventory } }: Context): boolean {
  return !inventory.groups.has(text) && inventory.declaresGroup(text);
}

const MAPPED = "a key by which its relocated name is looked up";

/** `{"a.b": "N.a.b"}.get(name, name)` */
function isMapped({ text }: Text, { end }: Span, { source, options }: Context): boolean {
  const value = /^\s*:\s*["']([\w.:]+)["']/.exec(source.toString("latin1", end, end + 300))?.[1];
  return value !== undefined && value !== text && options.relocations.original(value) === text;
}

/** Why a string is no name, whatever it looks like: `salt="a.b"`, `help="a.b"`, `return "a.b"` of a `__repr__`; undefined where nothing says so. */
function whatItSays({ start, end }: Span, { source }: Context): string | undefined {
  const before = source.toString("latin1", Math.max(0, start - 2000), start);
  const near = before.slice(-300);
  const target = /(\w+)[ \t]*(?::[^=\n]*)?=\s*\(?\s*$/.exec(near)?.[1] ?? "";
  if (/(?:^|_)salt$/i.test(target)) return SALT;
  // PEP 3333: what servers, applications and middleware define there is called `server.name`.
  if (/^(?:\w+_)?(?:environ|session|cache|cookie|header)_?key$/i.test(target)) return KEY;
  const after = source.toString("latin1", end, end + 200);
  if (lookedUp.test(near) || inEnvironment.test(after) || (/^\s*:/.test(after) && literalKey.test(before))) return KEY;
  if (/^(?:\w+_)?(?:prog|description|description_?prefix|title|caption|help|help_text|(?:deprecated|moved|renamed)_?(?:name|from))$/i.test(target)) return READ;
  // What takes the place of the deprecated, by a keyword: a name by itself may be what the shim imports.
  if (/\b\w*deprecat\w*\([^()]*\b(?:replacement|alternative|instead|message|reason)\s*=\s*$/i.test(near) || /^[ \t]*@[\w.]*deprecat\w*\(\s*$/im.test(near)) return READ;
  if (target !== "" && /\b(?:Sub)?Element\([^()]*[(,]\s*\w+[ \t]*=[ \t]*$/.test(near)) return "an attribute of an element of XML";
  if (/(?<![\w.])print\([ \t]*$/.test(before.slice(-40))) return READ;
  if (/\.group[ \t]*(?:==|!=|not in|in)[ \t]*[([{]?\s*$/.test(before.slice(-80))) return "the name of a group of entry points";
  if (isKeyOfSettings(before, after.slice(0, 20))) return SETTING;
  const name = /^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)\([^()\n]*\)[^\n:]*:[ \t]*return[ \t]*$/m.exec(before.slice(before.lastIndexOf("\n") + 1))?.[1] ?? functionAround(before);
  if (/salt$/i.test(name) && /\breturn\s*\(?\s*$/.test(near)) return SALT;
  return name === "__repr__" || name === "__str__" ? READ : undefined;
}

/** The function in whose body a text ends; empty where a class or nothing comes first. */
function functionAround(before: string): string {
  const header = headersAround(before, before.length).find((each) => /^(?:class|def|async[ \t]+def)\b/.test(each));
  return /^(?:async[ \t]+)?def[ \t]+(\w+)/.exec(header ?? "")?.[1] ?? "";
}

/** `f"a.b.{name} ({kind})"`: what follows the known beginning is no part of a name. */
function isSentence({ complete }: Text, { start, end }: { readonly start: number; readonly end: number }, { source }: Context): boolean {
  if (complete) return false;
  const text = source.toString("latin1", start, end).replace(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|["'](?:\s|\\\n)*[a-zA-Z]{0,2}["']/g, "");
  return /[^\s"'\\]\s+[^\s"'\\]|[()[\],;=<>!?]/.test(text);
}

function verified(value: Text, context: Context): Named | undefined {
  const { inventory } = context.options;
  const asset = ofAsset(value, context);
  if (asset) return asset;
  // What a format leaves open: `"a.b.%s"`, `"a.b.{}"`.
  const [, beginning = "", field = ""] = /^([\w.]*)((?:%(?:\(\w+\))?s|\{\w*\})(?:\.[A-Za-z_]\w*)*)?$/.exec(value.text) ?? [];
  if (field !== "" && extension.test(value.text)) return undefined;
  if (!value.complete || field !== "" || value.text.endsWith(".")) {
    // A beginning, up to its last dot: a package below the top level.
    const base = beginning.slice(0, Math.max(beginning.lastIndexOf("."), 0));
    if (!base.includes(".") || !inventory.isPackage(base)) return undefined;
    return namedBy({ ...value, text: `${base}.`, complete: true }, "prefix", context);
  }
  const group = inventory.groups.has(value.text) ? context.options.relocations.covering(value.text) : undefined;
  if (group) return { name: value.text, relocation: group };
  const named = namedBy(value, "object", context);
  if (!named) return undefined;
  const attribute = /:([\w.]*)$/.exec(value.text)?.[1];
  if (attribute !== undefined) return attribute !== "" && inventory.isModule(named.name) && inventory.has(`${named.name}.${attribute}`) ? named : undefined;
  return named.name.includes(".") && inventory.has(named.name) && !isFileName(named.name, inventory) ? named : undefined;
}

/** `"a.b:static/x.css"`, as Pyramid and others name files in packages: the file, or the directory up to what is not known, is there. */
function ofAsset({ text, complete }: Text, { options: { inventory, relocations } }: Context): Named | undefined {
  const [, name = "", path = ""] = /^([^\W\d][\w.]*):([\w.@+-]+(?:\/[\w.@+-]+)*\/?)/.exec(complete ? text : text.slice(0, text.lastIndexOf("/") + 1)) ?? [];
  if (path === "" || (complete && text !== `${name}:${path}`)) return undefined;
  const relocation = inventory.isPackage(name) || inventory.isModule(name) ? relocations.covering(name) : undefined;
  return relocation && inventory.hasFile(name, path) ? { name, relocation } : undefined;
}

const extension = /\.(?:bak|bat|bin|cfg|conf|css|csv|dat|db|dll|egg|exe|gz|html?|ico|ini|jpg|js|json|lock|log|md|mo|pdf|pid|pkl|png|po|py[cdi]?|rst|sh|so|sock|sqlite|sql|svg|tar|tmp|toml|txt|whl|xml|ya?ml|zip)$/;

/** `a.json`, where the module `a` happens to import `json`: a file as likely as an attribute. A module of such a name is one. */
function isFileName(name: string, inventory: Inventory): boolean {
  return extension.test(name) && !inventory.isModule(name);
}

/** `"a.b" + x`, `"a.b%s" % x`, `"a.b{}".format(x)`: only a beginning. */
function partOfLarger(expression: StringExpression): boolean {
  const above = expression.parent;
  if (above?.kind === "binary" && above.left === expression && (above.operator === "+" || above.operator === "%")) return true;
  return above?.kind === "attribute" && above.object === expression && above.name === "format";
}

const typing = new Set(["cast", "TypeVar", "NewType", "ForwardRef", "ParamSpec", "TypeVarTuple", "get_type_hints"]);

/** True in annotations and where `typing` takes forward references: such a string is evaluated in the module's own names. */
function namesBinding(expression: Expression, { evaluate }: Scene): boolean {
  for (let at = expression.parent; at; at = at.parent) {
    if (at.kind === "other" && at.type === "type") return true;
    const callee = at.kind === "call" ? evaluate(at.callee) : at.kind === "subscript" ? evaluate(at.object) : undefined;
    if (callee?.kind !== "object") continue;
    if (at.kind === "subscript" && callee.names.some((name) => /^(?:typing|typing_extensions|collections|collections\.abc|builtins)\./.test(name))) return true;
    if (at.kind === "call" && callee.names.some((name) => /^typing(?:_extensions)?\./.test(name) && typing.has(name.slice(name.lastIndexOf(".") + 1)))) return true;
    if (at.kind === "call" && callee.names.includes("builtins.eval")) return true;
  }
  return false;
}
