/** Every finding the tool can make: the one place for its severity and for what to do about it. Sorted; the README's table is checked against it. */

export type Severity = "error" | "warning" | "note";

interface Code {
  readonly severity: Severity;
  /** What to do next, in one sentence. */
  readonly help: string;
}

const catalogue = {
  "acceptance-unused": {
    severity: "warning",
    help: "Nothing of the kind is found any more: take the entry out of [[tool.enisle.accept]], so that it does not hide a new finding.",
  },
  "advisory-affects": {
    severity: "error",
    help: "Update the owner of the copy to a version that carries the fix, or the copy itself (`enisle update`); accept it in the configuration if it cannot be reached.",
  },
  "advisory-undecided": {
    severity: "warning",
    help: "The version of the copy decides whether the advisory applies: look at the copy, or add its releases to the index (`enisle index add`).",
  },
  "code-text": {
    severity: "warning",
    help: "Write the source text as one plain literal, or import inside it by a name that is computed from __name__.",
  },
  "compiled-module": {
    severity: "error",
    help: "Names inside a binary cannot be rewritten: use a wheel without compiled parts, build it under the new name, or leave the distribution unrelocated.",
  },
  "compiled-name": {
    severity: "note",
    help: "Types of the extension module show the original name, and pickles of them are loaded by it; nothing to do if they are not pickled.",
  },
  "copies-not-installed": {
    severity: "error",
    help: "Tell the build to take the namespace along as it is: with setuptools find packages instead of listing them, and give package-data for the namespace the pattern **/*.",
  },
  "copy-added": {
    severity: "error",
    help: "Move files of your own out of the namespace; if it belongs to the copy, vendor again.",
  },
  "copy-changed": {
    severity: "error",
    help: "Restore the file (`git checkout` brings it back), or vendor again; a change that must stay belongs into a patch.",
  },
  "copy-irreversible": {
    severity: "error",
    help: "The file or its line in the manifest was changed by hand: restore both from version control, or vendor again.",
  },
  "copy-missing": {
    severity: "error",
    help: "Restore the file (`git checkout` brings it back), or vendor again.",
  },
  "copy-mode": {
    severity: "warning",
    help: "Give the file its mode back (chmod), or vendor again.",
  },
  "copy-not-found": {
    severity: "warning",
    help: "Take the line out of the list, or vendor the library again if it should be there.",
  },
  "copy-not-listed": {
    severity: "warning",
    help: "Add the library to the list of what is vendored, or remove the copy.",
  },
  "copy-still-named": {
    severity: "error",
    help: "Write the library's own name here: the copy that is named is not there any more.",
  },
  "copy-unused": {
    severity: "warning",
    help: "Nothing in the project or in the other copies names it any more: remove the copy.",
  },
  "copyleft-license": {
    severity: "warning",
    help: "See whether its terms fit those of your project; then accept the finding with the reason: accept in [tool.enisle].",
  },
  "data-not-vendored": {
    severity: "warning",
    help: "Scripts, headers and data files are for an installation and were left out; install them with your project if the copy needs them.",
  },
  "data-reference": {
    severity: "warning",
    help: "Look at who reads the file: where the name is imported, it has to be the relocated one.",
  },
  "derived-name": {
    severity: "warning",
    help: "After relocation the name begins with the namespace: compare with startswith, or use the module's whole name.",
  },
  "dropped-module-imported": {
    severity: "error",
    help: "Keep the module (keep in [tool.enisle]), or accept the finding where the import is optional.",
  },
  "entry-points-lost": {
    severity: "note",
    help: "A relocated distribution is not installed, so nobody finds them: declare those that you need in your own project.",
  },
  "entry-points-shared": {
    severity: "warning",
    help: "Both versions offer an entry point of that name, and whoever looks the group up finds two: install one of them only where that matters, or rename the entry in the wheel's project.",
  },
  "import-aborted": {
    severity: "warning",
    help: "The module takes the process with it, upstream too, so nothing after it could be observed: import it by hand to see what it waits for or why it ends.",
  },
  "import-broken": {
    severity: "error",
    help: "The module imports with the upstream library, and not with the copy: `enisle explain` says what was done in the file that fails.",
  },
  "import-failed": {
    severity: "note",
    help: "The module fails with the upstream library too, so relocation has no part in it; install what it needs to have it checked as well.",
  },
  "import-leak": {
    severity: "error",
    help: "At run time this line asks for the original name: write the import so that vendoring sees the name, or name the copy, and vendor again.",
  },
  "install-failed": {
    severity: "error",
    help: "Run the printed line where it is to be installed: where it fails there too, pip's words say why; --no-check applies a plan without this proof.",
  },
  "lazy-modules-opaque": {
    severity: "warning",
    help: "Write __lazy_modules__ as a literal list of names, or add the relocated names to it by hand.",
  },
  "leak": {
    severity: "error",
    help: "Run `enisle vendor` again, which rewrites it; in a copy, restore the file first. To live with it: [[tool.enisle.accept]] with a reason.",
  },
  "license-unavailable": {
    severity: "warning",
    help: "See whether the address is right and the network there, and run again; or put the text into the namespace by hand, and name it in protected.",
  },
  "manifest-changed": {
    severity: "error",
    help: "Restore vendored.json from version control, or vendor again: only the tool writes it.",
  },
  "manifest-drift": {
    severity: "error",
    help: "The files are not what the manifest says: restore them from version control, or vendor the library again.",
  },
  "metadata-unreachable": {
    severity: "warning",
    help: "Vendor the distribution with its .dist-info, or give the version as a literal.",
  },
  "name-provided-twice": {
    severity: "warning",
    help: "Two things answer to one name: rename the project's module, or uninstall the library, or import the copy by its new name.",
  },
  "namespace-shadowed": {
    severity: "error",
    help: "Python finds one of the two and never the other: rename the module or choose another namespace.",
  },
  "namespace-twice": {
    severity: "error",
    help: "Only one of them can be imported in one interpreter: give each project a namespace of its own.",
  },
  "no-plan": {
    severity: "error",
    help: "Loosen one of the requirements that are named, take back a --never, or get a wheel without machine code.",
  },
  "not-current": {
    severity: "error",
    help: "Run enisle vendor without arguments, and commit what it changes.",
  },
  "not-in-copy": {
    severity: "warning",
    help: "Correct the name, or vendor what puts it there too. Where the import is optional, accept the finding with the reason.",
  },
  "not-proven": {
    severity: "error",
    help: "What was planned is applied; what is missing is the proof. Install by the printed line, and run enisle check --together on the projects; --no-check leaves it out.",
  },
  "nothing-importable": {
    severity: "note",
    help: "Nothing to do, unless you expected a library in it.",
  },
  "opaque-name": {
    severity: "warning",
    help: "Look at what the name can be at run time: where it is a relocated module it must begin with the namespace (--runtime-map does that).",
  },
  "optional-import": {
    severity: "warning",
    help: "It finds whatever the system has. Vendor it too, make it a dependency of the project, or shut it out: isolate-optional in the configuration.",
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
  "pickled-name": {
    severity: "warning",
    help: "Make the pickle again with the relocated modules, or keep it out of the copy.",
  },
  "process-wide-conflict": {
    severity: "warning",
    help: "Relocation cannot keep this apart: let one copy alone do it in a process, or look whether the two agree.",
  },
  "process-wide-state": {
    severity: "note",
    help: "Every copy in the process does this once more; nothing to do if that is harmless.",
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
  "renamed-name-left": {
    severity: "warning",
    help: "Commands and files beside the package were renamed, so that two versions can lie side by side; where the program runs or opens them by the old name it gets the other version's: change the line in its sources.",
  },
  "requirement-missing": {
    severity: "warning",
    help: "Vendor it too, or declare it as a requirement of the project.",
  },
  "sbom-contradicts": {
    severity: "warning",
    help: "Write it anew from the manifest: enisle audit --write-sbom.",
  },
  "settings-changed": {
    severity: "warning",
    help: "Vendor again, so that the copies are what the configuration asks for.",
  },
  "shared-module": {
    severity: "error",
    help: "The two projects are not isolated from each other: look at how this module came to be imported, and vendor it in both.",
  },
  "shared-state": {
    severity: "warning",
    help: "Both projects change the same state of the process, and the later one wins: see that they agree, or change it in one place.",
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
  "unreadable": {
    severity: "error",
    help: "The audit went on without it, so it may hold more copies than are listed. Make it readable, or look at what made it, and run again.",
  },
  "unused-directive": {
    severity: "warning",
    help: "Take the comment away, or put it on the line that it is meant for: # enisle: skip, # enisle: relocate.",
  },
  "unused-exception": {
    severity: "warning",
    help: "Take it out of the configuration, or correct its string, name or path.",
  },
  "upstream-differs": {
    severity: "error",
    help: "The copy is not what this tool makes of the original archive: vendor again from it, and look at the difference.",
  },
  "version-contradiction": {
    severity: "warning",
    help: "Correct whichever of the two is wrong: advisories are matched by the version that the code shows.",
  },
} as const satisfies Record<string, Code>;

export type FindingCode = keyof typeof catalogue;

export const codes: Readonly<Record<FindingCode, Code>> = catalogue;
