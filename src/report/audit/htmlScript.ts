/** The page's script. It makes elements and sets text; it never writes markup. Tables are drawn a page at a time, so that 10,000 copies are no burden. */
export const script = `
"use strict";
const facts = JSON.parse(document.getElementById("facts").textContent);
const PAGE = 200, LEVELS = ["none", "unknown", "low", "medium", "high", "critical"];
const byId = (id) => document.getElementById(id);
function make(tag, options, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(options || {})) {
    if (key === "class") element.className = value;
    else if (key === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else element.setAttribute(key, value);
  }
  for (const child of children) element.append(child);
  return element;
}
const applying = (copy, status) => copy.advisories.filter((each) => each.status === status);
const worst = (copy) => applying(copy, "affected").reduce((best, each) => Math.max(best, LEVELS.indexOf(each.severity)), -1);
const versionOf = (copy) => copy.version !== null ? copy.version : copy.versions.length === 0 ? "unknown" : copy.versions.length < 4 ? copy.versions.join(" or ") : copy.versions[0] + " to " + copy.versions[copy.versions.length - 1];
const ownerOf = (copy) => copy.owner === null ? "(no distribution)" : copy.owner;
for (const copy of facts.copies) {
  copy.worst = worst(copy);
  copy.text = [copy.name, versionOf(copy), copy.path, ownerOf(copy), copy.state, ...copy.advisories.filter((each) => each.status !== "not_affected").flatMap((each) => [each.id, ...each.aliases])].join(" ").toLowerCase();
}
const shown = { sort: "path", descending: false, page: 0, open: new Set() };

function about() {
  const parts = [facts.roots.join(", ")];
  parts.push(facts.database ? "advisories: " + facts.database.entries + " entries" + (facts.database.date ? ", as of " + facts.database.date : "") : "no advisory database was given");
  parts.push("enisle " + facts.version);
  byId("about").textContent = parts.join(" \\u00b7 ");
  const totals = [["Copies", facts.copies.length], ["Libraries", new Set(facts.copies.map((copy) => copy.name)).size], ["Owners", new Set(facts.copies.map(ownerOf)).size], ["Changed", facts.copies.filter((copy) => copy.state === "patched").length],
    ["Affected", facts.copies.filter((copy) => copy.worst >= 0).length, true], ["Python files", facts.files]];
  byId("totals").replaceChildren(...totals.map(([name, value, alarm]) => make("div", { class: alarm && value > 0 ? "alarm" : "" }, make("dt", {}, name), make("dd", {}, String(value)))));
}

function map() {
  const hosts = new Map();
  for (const copy of facts.copies) hosts.set(ownerOf(copy), [...(hosts.get(ownerOf(copy)) || []), copy]);
  const sorted = [...hosts].sort((a, b) => Math.max(...b[1].map((copy) => copy.worst)) - Math.max(...a[1].map((copy) => copy.worst)) || b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  const MOST = 60, CELLS = 80;
  byId("map-note").textContent = "Coloured by state; a thick red edge is an advisory that applies." + (sorted.length > MOST ? " The " + MOST + " owners with the gravest advisories of " + sorted.length + "." : "");
  byId("map").replaceChildren(...sorted.slice(0, MOST).map(([owner, copies]) => make("div", { class: "host" }, make("h3", {}, owner + " (" + copies.length + ")"),
    make("div", { class: "cells" }, ...copies.slice().sort((a, b) => b.worst - a.worst || (a.name < b.name ? -1 : 1)).slice(0, CELLS).map((copy) => make("button", { type: "button", class: "cell " + copy.state + (copy.worst >= 0 ? " hit" : ""), title: copy.path,
      "aria-label": copy.name + " " + versionOf(copy) + ", " + copy.state + (copy.worst >= 0 ? ", " + applying(copy, "affected").length + " advisories apply" : ""), on: { click: () => reveal(copy) } }, copy.name + " " + versionOf(copy))),
      ...(copies.length > CELLS ? ["and " + (copies.length - CELLS) + " more"] : [])))));
}

function reveal(copy) {
  byId("filters").reset();
  byId("search").value = copy.path;
  shown.open = new Set([copy]);
  shown.page = 0;
  draw();
  byId("count").scrollIntoView();
  const button = document.querySelector("#copies .open");
  if (button) button.focus();
}

function selected() {
  const words = byId("search").value.toLowerCase().split(/\\s+/).filter(Boolean);
  const [state, severity, owner] = ["state", "severity", "owner"].map((id) => byId(id).value);
  return facts.copies.filter((copy) => words.every((word) => copy.text.includes(word)) && (state === "" || copy.state === state) && (owner === "" || ownerOf(copy) === owner) &&
    (severity === "" || (severity === "affected" ? copy.worst >= 0 : severity === "undecided" ? applying(copy, "unknown").length > 0 : severity === "none" ? copy.worst < 0 : copy.worst >= LEVELS.indexOf(severity))));
}

const columns = [["name", "Library", (copy) => copy.name], ["version", "Version", versionOf], ["state", "State", (copy) => copy.state], ["advisories", "Advisories", (copy) => copy.worst], ["owner", "Owner", ownerOf], ["path", "Path", (copy) => copy.path]];

function heads() {
  document.querySelector("#copies thead tr").replaceChildren(...columns.map(([key, title]) => make("th", { scope: "col", "aria-sort": shown.sort === key ? (shown.descending ? "descending" : "ascending") : "none" },
    make("button", { type: "button", on: { click: () => { shown.descending = shown.sort === key ? !shown.descending : key === "advisories"; shown.sort = key; shown.page = 0; draw(); } } }, title + (shown.sort === key ? (shown.descending ? " \\u2193" : " \\u2191") : "")))));
}

function draw() {
  const active = document.activeElement && document.activeElement.closest && document.activeElement.closest("thead") ? document.activeElement.textContent.replace(/ .$/, "") : "";
  heads();
  const value = columns.find(([key]) => key === shown.sort)[2];
  const all = selected().sort((a, b) => { const [x, y] = [value(a), value(b)]; const order = x < y ? -1 : x > y ? 1 : a.path < b.path ? -1 : a.path > b.path ? 1 : 0; return shown.descending ? -order : order; });
  const pages = Math.max(1, Math.ceil(all.length / PAGE));
  shown.page = Math.min(shown.page, pages - 1);
  byId("count").textContent = all.length === facts.copies.length ? all.length + " copies" : all.length + " of " + facts.copies.length + " copies";
  document.querySelector("#copies tbody").replaceChildren(...all.slice(shown.page * PAGE, shown.page * PAGE + PAGE).flatMap(rowsOf));
  const turn = (to) => () => { shown.page = to; draw(); byId("copies-title").scrollIntoView(); };
  byId("pages").replaceChildren(...(pages === 1 ? [] : [button("Previous", shown.page === 0, turn(shown.page - 1)), "Page " + (shown.page + 1) + " of " + pages, button("Next", shown.page === pages - 1, turn(shown.page + 1))]));
  if (active) for (const each of document.querySelectorAll("thead button")) if (each.textContent.startsWith(active)) each.focus();
}

function button(text, disabled, act) {
  return make("button", { type: "button", ...(disabled ? { disabled: "" } : {}), on: { click: act } }, text);
}

function rowsOf(copy) {
  const open = shown.open.has(copy);
  const toggle = make("button", { type: "button", class: "open", "aria-expanded": String(open), on: { click: () => { if (open) shown.open.delete(copy); else shown.open.add(copy); const position = [...document.querySelectorAll("#copies .open")].indexOf(toggle); draw(); const again = document.querySelectorAll("#copies .open")[position]; if (again) again.focus(); } } }, copy.name);
  const affected = applying(copy, "affected"), undecided = applying(copy, "unknown");
  const alarms = [...affected.slice().sort((a, b) => LEVELS.indexOf(b.severity) - LEVELS.indexOf(a.severity)).map((each) => make("div", { class: each.severity }, each.id + (each.severity === "unknown" ? "" : " (" + each.severity + ")"))), ...(undecided.length > 0 ? [make("div", {}, undecided.length + " undecided")] : [])];
  const row = make("tr", {}, make("th", { scope: "row" }, toggle), make("td", {}, versionOf(copy)), make("td", {}, make("span", { class: "state " + copy.state }, copy.state)), make("td", {}, ...alarms), make("td", {}, ownerOf(copy)), make("td", { class: "path" }, copy.path));
  return open ? [row, make("tr", { class: "detail" }, make("td", { colspan: String(columns.length) }, ...details(copy)))] : [row];
}

function list(title, items) {
  return items.length === 0 ? [] : [make("h4", {}, title), make("ul", {}, ...items.map((item) => make("li", {}, item)))];
}

function details(copy) {
  const parts = [...list("Chain", copy.chain), ...list("Evidence", copy.evidence.map((each) => each.kind + " (" + each.confidence.toFixed(2) + "): " + each.detail))];
  if (copy.namespace) parts.push(make("h4", {}, "Namespace"), make("code", {}, copy.namespace));
  const differences = copy.differences;
  if (differences) parts.push(...list("Changed modules", differences.changed), ...list("Added modules", differences.added), ...list("Left out" + (differences.missingCount > differences.missing.length ? " (the first " + differences.missing.length + " of " + differences.missingCount + ")" : ""), differences.missing));
  for (const each of copy.diffs) if (each.text) parts.push(make("details", {}, make("summary", {}, "Diff of " + each.path + " against the release, relocation undone"), make("pre", { class: "diff", tabindex: "0" }, each.text)));
  parts.push(...list("Advisories", copy.advisories.map((each) => each.id + (each.aliases.length > 0 ? " (" + each.aliases.join(", ") + ")" : "") + ", " + each.severity + ", " + each.status.replace("_", " ") + ": " + each.why + (each.summary ? " \\u2014 " + each.summary : ""))));
  if (copy.update) parts.push(make("h4", {}, "Update"), make("code", {}, copy.update));
  return parts;
}

about();
map();
byId("owner").append(...[...new Set(facts.copies.map(ownerOf))].sort().map((owner) => make("option", { value: owner }, owner)));
byId("filters").addEventListener("input", () => { shown.page = 0; draw(); });
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("reset", () => setTimeout(draw));
if (facts.findings.length > 0) {
  byId("findings").hidden = false;
  document.querySelector("#findings ul").replaceChildren(...facts.findings.slice(0, 2000).map((each) => make("li", {}, each.severity + ": " + (each.path ? each.path + ": " : "") + each.message + " [" + each.code + "]")));
}
draw();
`;
