/** Facts and relocations → what to do with every site of one file. The passes, in order. */
import { type Decision, merge, nothing } from "../model/edit.ts";
import { topLevel } from "../model/name.ts";
import type { Span } from "../model/span.ts";
import { findAbsentModules } from "./absentModules.ts";
import { type Context, hasFuture, hasImplicitRelativeImports, isBefore } from "./context.ts";
import { applyDirectives } from "./directives.ts";
import { applyExceptions } from "./exceptions.ts";
import type { Style } from "./forms.ts";
import { rewriteEntryPoints } from "./entryPoints.ts";
import { rewriteFrom } from "./fromStatement.ts";
import { isSiblingOf, rewriteImport } from "./importStatement.ts";
import { hasLazyModules, rewriteLazyModules } from "./lazyModules.ts";
import { splitNamespaces } from "./partialNamespace.ts";
import { rewriteReferences } from "./references/index.ts";
import { rootNameJudge } from "./rootName.ts";

export function decide(context: Context): Decision {
  return applyDirectives(context, applyExceptions(context, decideAlone(context)));
}

function decideAlone(context: Context): Decision {
  const { facts, options, place } = context;
  const rootName = rootNameJudge(context);
  const isSibling = isSiblingOf(place.siblings, hasImplicitRelativeImports(context));
  const style: Style = { target: options.target, lazy: "", stub: place.stub, fullName: false, unicodeLiterals: isBefore(options.target, 3, 5) && hasFuture(facts, "unicode_literals") };
  const lazyModules = hasLazyModules(context);
  const namespaces = splitNamespaces(context, style, rootName);
  const statements = facts.imports.map((statement) => {
    const lazy = statement.lazy ? "lazy " : "";
    if (statement.kind === "from") {
      const irrelevant = statement.level === 0 && !options.relocations.concerns(topLevel(statement.module.name));
      return irrelevant ? nothing : rewriteFrom(context, statement, lazy, isSibling);
    }
    if (!statement.names.some(({ written }) => options.relocations.concerns(topLevel(written.name)))) return nothing;
    const own = { ...style, lazy, fullName: lazyModules && statement.scope === "module" };
    return rewriteImport(context, statement, { style: own, rootName, special: (_, name) => namespaces.text(name), isSibling });
  });
  const listed = rewriteLazyModules(context);
  const decision = merge([...statements, namespaces.decision, listed, apartFrom(listed, referencesOf(context)), rewriteEntryPoints(context), findAbsentModules(context, isSibling)]);
  return {
    edits: decision.edits.toSorted((a, b) => a.start - b.start || a.end - b.end),
    sites: decision.sites.toSorted((a, b) => a.start - b.start || a.end - b.end),
    findings: decision.findings.toSorted((a, b) => a.offset - b.offset),
    ...(decision.needsHelper ? { needsHelper: true } : {}),
  };
}

/** An expression that is nested too deeply to be walked, as generated tables are, must not take the run down. */
function referencesOf(context: Context): Decision {
  try {
    return rewriteReferences(context);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ...nothing, findings: [{ code: "opaque-name", message: "an expression is nested too deeply to be looked into: only import statements were rewritten", offset: 0 }] };
  }
}

/** What `second` decides about other places than `first`. */
function apartFrom(first: Decision, second: Decision): Decision {
  if (first.edits.length === 0) return second;
  const apart = ({ start, end }: Span): boolean => !first.edits.some((edit) => start <= edit.end && edit.start <= end);
  return { ...second, edits: second.edits.filter(apart), sites: second.sites.filter(apart) };
}
