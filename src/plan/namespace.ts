/** Which names may be a namespace. */
import { Failure } from "../model/failure.ts";
import { type DottedName, isIdentifier, keywords } from "../model/name.ts";

/** Throws Failure unless `namespace` is dotted ASCII identifiers: it is written into files of any encoding. */
export function checkNamespace(namespace: string): DottedName {
  const example = "Use dotted identifiers below a package of the project, such as acme._vendor.";
  for (const part of namespace.split(".")) {
    if (!isIdentifier(part) || !/^[\x20-\x7e]+$/.test(part)) throw new Failure(`namespace '${namespace}': ${part === "" ? "a component is empty" : `'${part}' is no identifier in ASCII`}`, example);
    if (/^__\w+__$/.test(part)) throw new Failure(`namespace '${namespace}': '${part}' is the name of a file or directory that Python itself uses`, example);
    if (keywords.has(part)) throw new Failure(`namespace '${namespace}': '${part}' is a keyword of Python`, example);
  }
  return namespace;
}
