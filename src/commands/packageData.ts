/** setuptools installs modules and leaves what lies beside them, unless it is told: certificates, templates, licences of copies. Other build back ends take a package as it is. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addToArray } from "../config/editText.ts";
import { readToml } from "../config/read.ts";

type Table = Readonly<Record<string, unknown>>;

const EVERYTHING = "**/*";

/** The file to change and its new text; undefined where nothing is to be said, or where it is said in a way that is not known. `read` gives the text of a file of the tree. */
export async function withPackageData(root: string, namespace: string, read: (file: string) => string): Promise<{ readonly file: string; readonly text: string } | undefined> {
  const pyproject = existsSync(join(root, "pyproject.toml")) ? await readToml(join(root, "pyproject.toml")) : {};
  const backend = table(pyproject["build-system"])["build-backend"];
  if (typeof backend === "string" && !backend.startsWith("setuptools")) return undefined;
  if (pyproject["project"] !== undefined) {
    const known = table(table(table(pyproject["tool"])["setuptools"])["package-data"])[namespace];
    if (Array.isArray(known) && known.includes(EVERYTHING)) return undefined;
    const text = addToArray(read("pyproject.toml"), "tool.setuptools.package-data", JSON.stringify(namespace), EVERYTHING);
    return text === undefined ? undefined : { file: "pyproject.toml", text };
  }
  if (!existsSync(join(root, "setup.cfg")) || !/^\[options\]/m.test(readFileSync(join(root, "setup.cfg"), "utf8"))) return undefined;
  const text = read("setup.cfg");
  const header = /^\[options\.package_data\][^\n]*\n/m.exec(text);
  const line = `${namespace} = ${EVERYTHING}\n`;
  if (text.includes(line)) return undefined;
  return { file: "setup.cfg", text: header ? `${text.slice(0, header.index + header[0].length)}${line}${text.slice(header.index + header[0].length)}` : `${text.replace(/\n*$/, "\n")}\n[options.package_data]\n${line}` };
}

function table(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
