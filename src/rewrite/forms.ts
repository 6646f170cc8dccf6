/**
 * The statements that import a relocated module and bind the name that the original statement bound. Which form is right depends on
 * the oldest Python that must run it: `from N import a` finds a half-initialised module since 3.5 (bpo-17636), `import N.a as x`
 * since 3.7 (bpo-30024), and before that only `__import__` does.
 */
import { type DottedName, leaf, parent, topLevel } from "../model/name.ts";
import { type PythonVersion, isBefore } from "./context.ts";

export interface Style {
  readonly target: PythonVersion;
  /** `lazy ` or nothing. */
  readonly lazy: string;
  /** A `.pyi` file: type checkers do not follow `__import__`. */
  readonly stub: boolean;
  /** `__lazy_modules__` decides about module-level statements by the module's full name, so the name must stand in `import`. */
  readonly fullName: boolean;
  /** Python 2's `fromlist` takes no unicode strings. */
  readonly unicodeLiterals: boolean;
}

/** Binds `bound` to the module `moved`. `explicit` writes `as` even where it says nothing new: in a stub that means "re-exported" (PEP 484). */
export function bindModule(moved: DottedName, bound: string, style: Style, explicit = false): string {
  const as = explicit || leaf(moved) !== bound ? ` as ${bound}` : "";
  if (parent(moved) === "") return `${style.lazy}import ${moved}${as}`;
  if (isBefore(style.target, 3, 5)) return `${bound} = __import__("${moved}", fromlist=[${style.unicodeLiterals ? 'str("_")' : '"_"'}])`;
  if (style.fullName) return `${style.lazy}import ${moved} as ${bound}`;
  return `${style.lazy}from ${parent(moved)} import ${leaf(moved)}${as}`;
}

/** Binds `bound` to `moved` as `import a.b.c as x` does: the last module, loaded for certain. */
export function bindAlias(moved: DottedName, bound: string, style: Style): string {
  if (isBefore(style.target, 3, 7) || parent(moved) === "") return bindModule(moved, bound, style, true);
  return `${style.lazy}import ${moved} as ${bound}`;
}

/**
 * What a scope has to say about the name of the namespace's root, which `import nova._vendor.a.b` binds: nothing (`free`), that it is bound
 * there by imports of that very package (`imported`), or something that must not be disturbed (`taken`).
 */
export type RootName = "free" | "imported" | "taken";

/**
 * Loads `moved` for certain and then does `binds`, statements of which one binds `bound`; nothing else is bound when all is done:
 * where the root's name is free it is deleted again, or `import *` and `dir()` would show it.
 */
export function loadAndBind(moved: DottedName, bound: string, binds: readonly string[], root: RootName, style: Style): string {
  const name = topLevel(moved);
  if (root === "taken") {
    const load = style.stub || style.lazy || style.fullName ? `${style.lazy}import ${moved} as ${bound}` : `__import__("${moved}")`;
    return [load, ...binds].join("; ");
  }
  // A stub exports no plain import (PEP 484).
  const cleaning = root === "free" && !style.stub && name !== bound ? [`del ${name}`] : [];
  return [`${style.lazy}import ${moved}`, ...binds, ...cleaning].join("; ");
}
