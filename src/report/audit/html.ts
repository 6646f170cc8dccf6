/**
 * One page that needs no network: totals, a map of owners and libraries, a table to search and filter, the evidence of each copy. The page's script
 * puts text into the document as text only, and a content security policy names that one script by its digest: nothing from the tree can run.
 */
import { createHash } from "node:crypto";
import type { AuditResult } from "../../model/audit.ts";
import type { Outcome } from "../../model/outcome.ts";
import { VERSION } from "../../version.ts";
import { visible } from "../terminal.ts";
import { script } from "./htmlScript.ts";
import { style } from "./htmlStyle.ts";

export function formatHtml({ result, findings }: Outcome<AuditResult>): string {
  const copies = result.copies.map((copy) => ({
    name: shown(copy.name), version: copy.version === null ? null : shown(copy.version), versions: copy.versions.map(shown), root: copy.root, path: shown(copy.path), chain: copy.chain.map(shown), owner: copy.owner === null ? null : shown(copy.owner),
    update: copy.update === null ? null : shown(copy.update), namespace: shown(copy.namespace), state: copy.state, license: copy.license === null ? null : shown(copy.license),
    evidence: copy.evidence.map((each) => ({ ...each, detail: shown(each.detail) })),
    differences: copy.differences && { changed: copy.differences.changed.map(shown), added: copy.differences.added.map(shown), missing: copy.differences.missing.slice(0, 200).map(shown), missingCount: copy.differences.missing.length, relocated: copy.differences.relocated.length },
    diffs: (copy.diffs ?? []).map((each) => ({ path: shown(each.path), text: each.text?.split("\n").map((line) => line.split("\t").map(shown).join("\t")).join("\n") ?? null })),
    advisories: copy.advisories.map((each) => ({ id: shown(each.id), aliases: each.aliases.map(shown), fixed: each.fixed.map(shown), severity: each.severity, status: each.status, why: shown(each.why), summary: shown(each.summary) })),
  }));
  const facts = {
    copies, database: result.database, files: result.files, roots: result.roots.map(shown), version: VERSION,
    findings: findings.filter((finding) => !finding.code.startsWith("advisory-")).map(({ code, severity, message, path }) => ({ code, severity, message: shown(message), path: path === undefined ? null : shown(path) })),
  };
  // `<` would let text end the element; U+2028 and U+2029 are escaped by `shown`.
  const json = JSON.stringify(facts).replaceAll("<", "\\u003c");
  const digest = (text: string): string => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Vendored copies</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#copies">Skip to the table</a>
<header><h1>Vendored copies</h1><p id="about"></p></header>
<main>
<noscript><p>This page draws its table with a script of its own; allow scripts for it, or use <code>--format csv</code>.</p></noscript>
<section aria-labelledby="totals-title"><h2 id="totals-title">Totals</h2><dl id="totals"></dl></section>
<section aria-labelledby="map-title"><h2 id="map-title">Owners and libraries</h2><p id="map-note" class="note"></p><div id="map"></div></section>
<section aria-labelledby="copies-title"><h2 id="copies-title">Copies</h2>
<form id="filters" role="search" aria-label="Filter the copies">
<label>Search <input id="search" type="search" placeholder="library, path, advisory" autocomplete="off"></label>
<label>State <select id="state"><option value="">all</option><option>pristine</option><option>relocated</option><option>subset</option><option>patched</option><option>unknown</option></select></label>
<label>Advisories <select id="severity"><option value="">all</option><option value="affected">affected</option><option value="critical">critical</option><option value="high">high and above</option><option value="undecided">undecided</option><option value="none">none</option></select></label>
<label>Owner <select id="owner"><option value="">all</option></select></label>
<button type="reset">Clear</button>
</form>
<p id="count" role="status" aria-live="polite"></p>
<div class="scroll"><table id="copies"><caption class="hidden">Vendored copies, one row each; a row's button opens its details</caption><thead><tr></tr></thead><tbody></tbody></table></div>
<nav id="pages" aria-label="Pages of the table"></nav>
</section>
<section aria-labelledby="findings-title" id="findings" hidden><h2 id="findings-title">Contradictions, and what could not be read</h2><ul></ul></section>
</main>
<script type="application/json" id="facts">${json}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Control characters and those that turn text around, made visible. */
function shown(text: string): string {
  return visible(text.toWellFormed());
}
