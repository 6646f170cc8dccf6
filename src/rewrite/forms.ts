/**
 * The statements that import a relocated module and bind the name that the original statement bound. Which form is right depends on
 * the oldest Python that must run it: `from N import a` finds a half-initialised module since 3.5 (bpo-17636), `import N.a as x`
 * since 3.7 (bpo-30024), and before that only `__import__` does.
 */
import { type DottedName, leaf, parent } from "../model/name.ts";
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

/** Loads `moved`; binds nothing but the name of its root, and not even that unless `rootIsFree`. `bound` is bound by the next statement. */
export function loadModule(moved: DottedName, bound: string, rootIsFree: boolean, style: Style): string {
  if (rootIsFree) return `${style.lazy}import ${moved}`;
  if (style.stub || style.lazy || style.fullName) return `${style.lazy}import ${moved} as ${bound}`;
  return `__import__("${moved}")`;
}
