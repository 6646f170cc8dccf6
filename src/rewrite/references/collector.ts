/**
 * Gathers what the rules find. Each literal is edited once, whoever comes first; an edit inside a larger one that replaces the whole
 * expression is dropped at the end.
 */
import type { Decision, Edit, LocalFinding, Rule, Site, Tier } from "../../model/edit.ts";
import type { Expression } from "../../model/program.ts";
import type { Span } from "../../model/span.ts";

export class Collector {
  readonly #edits = new Map<string, Edit>();
  readonly #sites = new Map<string, Site>();
  readonly #findings = new Map<string, LocalFinding>();
  /** Literals about which a rule has decided. */
  readonly #claimed = new Set<Expression>();
  /** True once something needs the generated helper. */
  needsHelper = false;

  claim(literal: Expression | undefined): void {
    if (literal) this.#claimed.add(literal);
  }

  isClaimed(literal: Expression): boolean {
    return this.#claimed.has(literal);
  }

  edit(span: Span, text: string, rule: Rule): void {
    const key = `${span.start} ${span.end} ${span.start === span.end ? text : ""}`;
    if (!this.#edits.has(key)) this.#edits.set(key, { start: span.start, end: span.end, text, rule });
  }

  isEdited({ start, end }: Span): boolean {
    return this.#edits.has(`${start} ${end} `);
  }

  /** What is put in at a place, so far. */
  insertedAt(offset: number): string {
    return [...this.#edits.values()].find(({ start, end }) => start === offset && end === offset)?.text ?? "";
  }

  site(span: Span, name: string, tier: Tier, rule: Rule, outcome: Site["outcome"], why: string): void {
    const key = `${span.start} ${span.end}`;
    const before = this.#sites.get(key);
    if (!before || (before.outcome !== "rewritten" && outcome === "rewritten")) this.#sites.set(key, { start: span.start, end: span.end, name, tier, rule, outcome, why });
  }

  finding(code: LocalFinding["code"], message: string, offset: number): void {
    const key = `${code} ${offset}`;
    if (!this.#findings.has(key)) this.#findings.set(key, { code, message, offset });
  }

  /** A replacement of a whole expression wins over edits inside it. */
  decision(): Decision {
    const edits = [...this.#edits.values()].sort((a, b) => a.start - b.start || b.end - a.end);
    const kept: Edit[] = [];
    for (const edit of edits) {
      const last = kept.at(-1);
      if (last && last.end > edit.start && last.end > last.start && !(edit.start === edit.end && edit.start === last.start)) continue;
      kept.push(edit);
    }
    return { edits: kept, sites: [...this.#sites.values()], findings: [...this.#findings.values()], ...(this.needsHelper ? { needsHelper: true } : {}) };
  }
}
