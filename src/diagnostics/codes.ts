/** Every finding the tool can make: the one place for its severity and for what to do about it. Sorted; the README's table is checked against it. */

export type Severity = "error" | "warning" | "note";

interface Code {
  readonly severity: Severity;
  /** What to do next, in one sentence. */
  readonly help: string;
}

const catalogue = {
  "advisory-affects": {
    severity: "error",
    help: "Update the owner of the copy to a version that carries the fix, or the copy itself (`enisle update`); accept it in the configuration if it cannot be reached.",
  },
  "advisory-undecided": {
    severity: "warning",
    help: "The version of the copy decides whether the advisory applies: look at the copy, or add its releases to the index (`enisle index add`).",
  },
  "compiled-module": {
    severity: "warning",
    help: "The extension module was moved as it is; import it in its new place to see that nothing in it needs the old name.",
  },
  "copy-not-found": {
    severity: "warning",
    help: "Take the line out of the list, or vendor the library again if it should be there.",
  },
  "copy-not-listed": {
    severity: "warning",
    help: "Add the library to the list of what is vendored, or remove the copy.",
  },
  "data-not-vendored": {
    severity: "warning",
    help: "Scripts, headers and data files are for an installation and were left out; install them with your project if the copy needs them.",
  },
  "lazy-modules-opaque": {
    severity: "warning",
    help: "Write __lazy_modules__ as a literal list of names, or add the relocated names to it by hand.",
  },
  "manifest-drift": {
    severity: "error",
    help: "The files are not what the manifest says: restore them from version control, or vendor the library again.",
  },
  "partial-namespace-binding": {
    severity: "error",
    help: "Only a part of this namespace package moves, and the name is rebound or used in a way that cannot be split; import the module under a name of its own.",
  },
  "path-configuration": {
    severity: "warning",
    help: "A .pth file works only in site-packages and was left out; do in your project's start-up what it does, if the copy needs it.",
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
  "unknown-encoding": {
    severity: "error",
    help: "The file was copied untouched. Convert it to UTF-8, or leave it out of the copy.",
  },
  "unreadable": {
    severity: "error",
    help: "The audit went on without it, so it may hold more copies than are listed. Make it readable, or look at what made it, and run again.",
  },
  "version-contradiction": {
    severity: "warning",
    help: "Correct whichever of the two is wrong: advisories are matched by the version that the code shows.",
  },
} as const satisfies Record<string, Code>;

export type FindingCode = keyof typeof catalogue;

export const codes: Readonly<Record<FindingCode, Code>> = catalogue;
