/** Downloaded advisory databases, from a server on this machine: kept in the cache, renewed, and missed where there is no network. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { zip } from "../vendor/wheel.ts";
import { type Run, cli, join, temporary, write } from "../vendor/project.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Not `spawnSync`, which would keep the server from answering. */
function enisle(args: readonly string[], cache: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, "audit", ...args], { env: { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: cache, XDG_DATA_HOME: "/nonexistent" } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

const entry = (id: string): string => JSON.stringify({ id, modified: "2026-01-02T03:04:05Z", affected: [{ package: { ecosystem: "PyPI", name: "thyme" }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }] }] });
const database = (id: string): Buffer => zip([{ name: `${id}.json`, content: Buffer.from(entry(id)) }]);

function subject(): string {
  return write(temporary(), { "acme/__init__.py": "", "acme/_vendor/__init__.py": "", "acme/_vendor/thyme.py": '__version__ = "3.1"\n' });
}

function noteOf(cache: string): string {
  const below = join(cache, "enisle/advisories");
  return join(below, readdirSync(below)[0] ?? "", "download.json");
}

test("it is downloaded once, used without being asked for, and its date printed", async () => {
  let requests = 0;
  const url = `${await serve((request, response) => {
    requests++;
    if (request.headers["if-none-match"] === '"one"') return void response.writeHead(304).end();
    response.writeHead(200, { etag: '"one"' }).end(database("A-1"));
  })}/PyPI/all.zip`;
  const [root, cache] = [subject(), temporary()];
  write(root, { "enisle.toml": `[audit]\ndb-url = "${url}"\n` });
  const before = await enisle(["-C", root, root], cache);
  expect([before.status, requests, before.stdout]).toEqual([0, 0, expect.stringContaining("get one with --fetch-db")]);
  const first = await enisle(["-C", root, root, "--fetch-db"], cache);
  expect(first.stderr).toBe("");
  expect([first.status, first.stdout]).toEqual([1, expect.stringContaining("A-1")]);
  expect(first.stdout).toMatch(/advisories: 1 entry, as of 2026-01-02T03:04:05Z, downloaded 20\d\d-\d\d-\d\dT[\d:]+Z/);
  // On the same day nobody is asked again, and without the option nobody ever is.
  expect([(await enisle(["-C", root, root, "--fetch-db"], cache)).status, (await enisle(["-C", root, root], cache)).status, requests]).toEqual([1, 1, 1]);
  expect((await enisle(["-C", root, root, "--no-db"], cache)).status).toBe(0);
  // Nothing but the cache was written to.
  expect(readdirSync(root).sort()).toEqual(["acme", "enisle.toml"]);
  // Later the server is asked whether there is a newer one.
  const note = noteOf(cache);
  const old = JSON.stringify({ ...JSON.parse(readFileSync(note, "utf8")), fetched: "2020-01-01T00:00:00Z" });
  writeFileSync(note, old);
  const aged = await enisle(["-C", root, root], cache);
  expect(aged.stdout).toContain("--fetch-db renews them");
  await enisle(["-C", root, root, "--fetch-db"], cache);
  expect([requests, JSON.parse(readFileSync(note, "utf8")).fetched > "2026", JSON.parse(readFileSync(note, "utf8")).etag]).toEqual([2, true, '"one"']);
});

test("what was fetched last is found without its URL, and named", async () => {
  const server = await serve((request, response) => void response.end(database(request.url === "/one.zip" ? "A-1" : "A-2")));
  const [root, cache] = [subject(), temporary()];
  expect((await enisle([root, "--fetch-db", "--db-url", `${server.replace("//", "//me:secret@")}/one.zip`], cache)).status).toBe(1);
  const one = await enisle([root], cache);
  expect([one.status, one.stdout]).toEqual([1, expect.stringContaining("A-1")]);
  expect(one.stdout).toMatch(/downloaded 20\d\d-\d\d-\d\dT[\d:]+Z\n {2}from http:\/\/\S+\/one\.zip\n/);
  expect(one.stdout).not.toContain("secret");
  const note = noteOf(cache);
  writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, "utf8")), fetched: "2020-01-01T00:00:00Z" }));
  expect((await enisle([root, "--db-url", `${server}/two.zip`], cache)).status).toBe(1);
  expect((await enisle([root], cache)).stdout).toContain("A-2");
  // The configured one goes before whatever came later.
  write(root, { "enisle.toml": `[audit]\ndb-url = "${server.replace("//", "//me:secret@")}/one.zip"\n` });
  const configured = await enisle(["-C", root, root], cache);
  expect(configured.stdout).toContain("A-1");
  expect(configured.stdout.replaceAll(/\s+/g, " ")).toMatch(/downloaded \d+ days ago/);
});

test("one that cannot be renewed is used, with a word; a damaged one does not take the place of a good one", async () => {
  let answer = (response: ServerResponse): void => void response.end(database("A-1"));
  const url = `${await serve((_, response) => answer(response))}/all.zip`;
  const [root, cache] = [subject(), temporary()];
  expect((await enisle([root, "--db-url", url], cache)).status).toBe(1);
  for (const [bad, said] of [
    [(response: ServerResponse) => void response.writeHead(503).end(), "503"],
    [(response: ServerResponse) => void response.end("<html>sign in</html>"), "zip"],
    [(response: ServerResponse) => void response.end(zip([{ name: "x.txt", content: Buffer.from("no entry") }])), "holds no OSV entry"],
    [(response: ServerResponse) => void response.writeHead(200, { "content-length": "1000" }).write("cut", () => response.destroy()), "cannot be downloaded"],
  ] as const) {
    const note = noteOf(cache);
    writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, "utf8")), fetched: "2020-01-01T00:00:00Z" }));
    answer = bad;
    const run = await enisle([root, "--db-url", url], cache);
    expect([run.status, run.stdout]).toEqual([1, expect.stringContaining("A-1")]);
    expect(run.stdout.replaceAll(/\s+/g, " ")).toContain("The advisories are those of 2020-01-01");
    expect(run.stdout).toContain(said);
    expect(readdirSync(join(note, "..")).sort()).toEqual(["database.zip", "download.json"]);
  }
});

test("without a network, and with answers that are none: it stops, and nothing is left", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/404") response.writeHead(404).end();
    else if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end();
    else response.end("nothing of the kind");
  });
  const cache = temporary();
  for (const [where, said] of [["http://127.0.0.1:65123/all.zip", "ECONNREFUSED"], ["http://nowhere.invalid/all.zip", "cannot be downloaded"], [`${url}/404`, "404"], [`${url}/loop`, "redirect"], [`${url}/all.zip`, "zip"], ["ftp://x/y", "no URL"], ["http://", "no URL"], ["http://[", "no valid URL"]] as const) {
    const run = await enisle([subject(), "--db-url", where], cache);
    expect([run.status, run.stdout, run.stderr]).toEqual([2, "", expect.stringContaining(said)]);
    expect(run.stderr).not.toContain("    at ");
  }
  const below = join(cache, "enisle/advisories");
  for (const each of existsSync(below) ? readdirSync(below) : []) expect(readdirSync(join(below, each))).toEqual([]);
});

test("credentials in the URL reach the server and nobody else", async () => {
  let seen: string | undefined;
  const url = await serve((request, response) => {
    seen = request.headers.authorization;
    response.end(database("A-1"));
  });
  const cache = temporary();
  const run = await enisle([subject(), "--db-url", url.replace("//", "//me:secret%21@")], cache);
  expect(run.status, run.stderr).toBe(1);
  expect(seen).toBe(`Basic ${Buffer.from("me:secret!").toString("base64")}`);
  expect(run.stdout + run.stderr + readFileSync(noteOf(cache), "utf8")).not.toContain("secret");
});
