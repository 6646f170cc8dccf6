/** Every finding the tool can make: the one place for its severity and for what to do about it. Sorted; the README's table is checked against it. */

export type Severity = "error" | "warning" | "note";

interface Code {
  readonly severity: Severity;
  /** What to do next, in one sentence. */
  readonly help: string;
}

const catalogue = {
  "code-text": {
    severity: "warning",
    help: "Write the source text as one plain literal, or import inside it by a name that is computed from __name__.",
  },
  "compiled-module": {
    severity: "warning",
    help: "The extension module was moved as it is; import it in its new place to see that nothing in it needs the old name.",
  },
  "copy-still-named": {
    severity: "error",
    help: "Write the library's own name here: the copy that is named is not there any more.",
  },
  "copyleft-license": {
    severity: "warning",
    help: "See whether its terms fit those of your project; then accept the finding with the reason: accept in [tool.enisle].",
  },
  "data-not-vendored": {
    severity: "warning",
    help: "Scripts, headers and data files are for an installation and were left out; install them with your project if the copy needs them.",
  },
  "derived-name": {
    severity: "warning",
    help: "After relocation the name begins with the namespace: compare with startswith, or use the module's whole name.",
  },
  "dropped-module-imported": {
    severity: "error",
    help: "Keep the module (keep in [tool.enisle]), or accept the finding where the import is optional.",
  },
  "lazy-modules-opaque": {
    severity: "warning",
    help: "Write __lazy_modules__ as a literal list of names, or add the relocated names to it by hand.",
  },
  "metadata-unreachable": {
    severity: "warning",
    help: "Vendor the distribution with its .dist-info, or give the version as a literal.",
  },
  "no-plan": {
    severity: "error",
    help: "Loosen one of the requirements that are named, take back a --never, or get a wheel without machine code.",
  },
  "not-current": {
    severity: "error",
    help: "Run enisle vendor without arguments, and commit what it changes.",
  },
  "nothing-importable": {
    severity: "note",
    help: "Nothing to do, unless you expected a library in it.",
  },
  "opaque-name": {
    severity: "warning",
    help: "Look at what the name can be at run time: where it is a relocated module it must begin with the namespace (--runtime-map does that).",
  },
  "outdated": {
    severity: "note",
    help: "enisle update moves the copy to the newest version that its requirement admits.",
  },
  "partial-namespace-binding": {
    severity: "error",
    help: "Only a part of this namespace package moves, and the name is rebound or used in a way that cannot be split; import the module under a name of its own.",
  },
  "patch-unnecessary": {
    severity: "note",
    help: "The copy comes out the same without it: remove the patch.",
  },
  "path-configuration": {
    severity: "warning",
    help: "A .pth file works only in site-packages and was left out; do in your project's start-up what it does, if the copy needs it.",
  },
  "project-not-updated": {
    severity: "error",
    help: "Nothing was changed in this project; the others were updated. Mend what the message says and run again.",
  },
  "provided-by-project": {
    severity: "warning",
    help: "Rename the project's module if the library was meant; nothing to do otherwise.",
  },
  "relative-import-escapes": {
    severity: "warning",
    help: "The import climbs above the top-level package: it fails upstream, and may find something else after relocation. Look at the file.",
  },
  "syntax-error": {
    severity: "error",
    help: "The file was copied untouched, so imports in it still ask for original names. Fix it upstream, or leave it out of the copy.",
  },
  "type-boundary": {
    severity: "warning",
    help: "isinstance and except do not match across the boundary: see whether the project hands such objects over, or let both sides use one version.",
  },
  "unknown-encoding": {
    severity: "error",
    help: "The file was copied untouched. Convert it to UTF-8, or leave it out of the copy.",
  },
  "unknown-license": {
    severity: "warning",
    help: "Look it up with its authors; say it in [tool.enisle.distributions.NAME] license, or accept the finding with the reason.",
  },
  "unused-directive": {
    severity: "warning",
    help: "Take the comment away, or put it on the line that it is meant for: # enisle: skip, # enisle: relocate.",
  },
  "unused-exception": {
    severity: "warning",
    help: "Take the exception out of the configuration, or correct its string or path.",
  },
} as const satisfies Record<string, Code>;

export type FindingCode = keyof typeof catalogue;

export const codes: Readonly<Record<FindingCode, Code>> = catalogue;
