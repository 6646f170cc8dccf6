/** Credentials of the indexes that uv is configured with: uv itself leaves them out of what it reports, and they are needed to fetch what it found. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Host } from "../host/host.ts";
import type { Login } from "./download.ts";

type Table = Readonly<Record<string, unknown>>;

const variables = ["UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"];

/** From uv's variables, its configuration files (in its own order of precedence), and the options of requirement files. Nothing of it may be printed. */
export async function uvLogins(host: Host, options: readonly string[]): Promise<Login[]> {
  const named: { readonly name: string | undefined; readonly url: string }[] = [];
  for (const variable of variables) for (const entry of (host.variable(variable) ?? "").split(/[\s,]+/)) named.push(split(entry));
  for (const table of await configurations(host)) {
    for (const scope of [table, record(table["pip"])]) {
      for (const key of ["index-url", "extra-index-url", "find-links"]) for (const url of [scope[key]].flat()) if (typeof url === "string") named.push({ name: undefined, url });
      for (const index of [scope["index"]].flat().map(record)) if (typeof index["url"] === "string") named.push({ name: typeof index["name"] === "string" ? index["name"] : undefined, url: index["url"] });
    }
  }
  for (const option of options) named.push({ name: undefined, url: /(\S+:\/\/\S+)/.exec(option)?.[1] ?? "" });
  return named.flatMap(({ name, url }) => loginOf(name, url, host));
}

/** `name=https://…` or a URL alone. */
function split(entry: string): { readonly name: string | undefined; readonly url: string } {
  const match = /^([A-Za-z0-9._-]+)=(.*)$/.exec(entry);
  return match ? { name: match[1], url: match[2] ?? "" } : { name: undefined, url: entry };
}

function loginOf(name: string | undefined, text: string, host: Host): Login[] {
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  const variable = name === undefined ? undefined : `UV_INDEX_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const user = (variable && host.variable(`${variable}_USERNAME`)) ?? decodeURIComponent(url.username);
  const password = (variable && host.variable(`${variable}_PASSWORD`)) ?? decodeURIComponent(url.password);
  if (user === "" && password === "") return [];
  return [{ realm: `${url.protocol}//${url.hostname}:${url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port}`, user, password }];
}

async function configurations(host: Host): Promise<Table[]> {
  const found: string[] = [];
  const named = host.variable("UV_CONFIG_FILE");
  if (named !== undefined) found.push(named);
  else {
    for (let at = host.cwd; ; at = dirname(at)) {
      const file = ["uv.toml", "pyproject.toml"].map((name) => join(at, name)).find((path) => existsSync(path));
      if (file !== undefined) {
        found.push(file);
        break;
      }
      if (dirname(at) === at) break;
    }
    found.push(join(host.variable("XDG_CONFIG_HOME") ?? join(host.home, ".config"), "uv/uv.toml"), "/etc/uv/uv.toml");
  }
  const { parse } = await import("smol-toml");
  return found.flatMap((path) => {
    try {
      const table = parse(readFileSync(path, "utf8")) as Table;
      return [path.endsWith("pyproject.toml") ? record(record(table["tool"])["uv"]) : table];
    } catch {
      return []; // not there, or not for uv: it says so itself
    }
  });
}

function record(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
