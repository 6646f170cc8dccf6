/** The page in a real browser: what it shows, how it is used by keyboard, and that ten thousand copies are no burden. Skipped, with a message, where there is no Chromium. */
import { existsSync } from "node:fs";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditResult, Copy } from "../../src/model/audit.ts";
import { formatHtml } from "../../src/report/audit/html.ts";

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (executable === undefined) process.stderr.write("page.test.ts: skipped, there is no Chromium here (apt-get install chromium)\n");

function copy(n: number, more: Partial<Copy> = {}): Copy {
  const name = `library-${n % 97}`;
  return {
    name, version: `1.${n % 13}`, versions: [`1.${n % 13}`], root: 0, path: `host${n % 40}/_vendor/${name}-${n}`, places: [`host${n % 40}/_vendor/${name}-${n}`], chain: [], owner: `host${n % 40}`, update: `pip install --upgrade host${n % 40}`, namespace: `host${n % 40}._vendor`,
    state: (["pristine", "relocated", "subset", "patched", "unknown"] as const)[n % 5] ?? "unknown", evidence: [{ kind: "fingerprint", detail: `evidence of ${n}`, confidence: 0.9 }], differences: null, license: "MIT", sha256: null,
    advisories: n % 10 === 0 ? [{ id: `PYSEC-2024-${n}`, aliases: [`CVE-2024-${n}`], fixed: ["2.0"], severity: n % 20 === 0 ? "critical" : "low", status: "affected", why: "1.0 is affected, 2.0 fixes it", summary: "A summary" }] : [], ...more,
  };
}

function page(copies: readonly Copy[]): string {
  const result: AuditResult = { roots: ["/srv"], database: { date: "2024-10-10T00:00:00Z", entries: 2661 }, copies, files: 12345 };
  return formatHtml({ command: "audit", result, findings: [{ code: "unreadable", severity: "error", message: "is cut off", help: "", path: "x.whl" }], changes: [], notices: [] });
}

describe.skipIf(executable === undefined)("the page", () => {
  let browser: Browser;
  const errors: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
  }, 60_000);
  afterAll(async () => browser?.close());

  const open = async (copies: readonly Copy[], options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> => {
    const tab = await browser.newPage(options);
    errors.length = 0;
    tab.on("pageerror", (error) => errors.push(error.message));
    tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    tab.on("request", (request) => /^https?:/.test(request.url()) && errors.push(`asked for ${request.url()}`));
    await tab.setContent(page(copies));
    return tab;
  };
  const rows = (tab: Page) => tab.locator("#copies tbody tr:not(.detail)");

  test("totals, rows, details, search and filters; no request, no error", async () => {
    const tab = await open(Array.from({ length: 30 }, (_, n) => copy(n)));
    expect(await tab.locator("#totals").innerText()).toMatch(/Copies\s+30\s+Libraries\s+30[^]*Affected\s+3/);
    expect(await rows(tab).count()).toBe(30);
    await tab.getByLabel("Search").fill("cve-2024-20");
    expect(await tab.getByRole("status").innerText()).toBe("1 of 30 copies");
    await tab.getByRole("button", { name: "library-20", exact: true }).click();
    const detail = await tab.locator("tr.detail").innerText();
    expect(detail).toContain("fingerprint (0.90): evidence of 20");
    expect(detail).toContain("PYSEC-2024-20 (CVE-2024-20), critical, affected: 1.0 is affected, 2.0 fixes it");
    await tab.getByRole("button", { name: "Clear" }).click();
    await tab.locator("#state").selectOption("patched");
    expect(await rows(tab).count()).toBe(6);
    await tab.locator("#state").selectOption("");
    await tab.locator("#severity").selectOption("critical");
    expect(await rows(tab).count()).toBe(2);
    await tab.locator("#severity").selectOption("");
    await tab.locator("#owner").selectOption("host3");
    expect(await rows(tab).count()).toBe(1);
    expect(await tab.locator("#findings").innerText()).toContain("x.whl: is cut off [unreadable]");
    expect(errors).toEqual([]);
  });

  test("by keyboard: the skip link, sorting, opening a row; focus stays where it was", async () => {
    const tab = await open(Array.from({ length: 12 }, (_, n) => copy(n)));
    await tab.keyboard.press("Tab");
    expect(await tab.evaluate("document.activeElement.textContent")).toBe("Skip to the table");
    const head = tab.getByRole("columnheader", { name: "Version" });
    await head.getByRole("button").focus();
    await tab.keyboard.press("Enter");
    expect(await tab.getByRole("columnheader", { name: "Version" }).getAttribute("aria-sort")).toBe("ascending");
    expect(await tab.evaluate("document.activeElement.textContent")).toContain("Version");
    await tab.keyboard.press("Enter");
    expect(await tab.getByRole("columnheader", { name: "Version" }).getAttribute("aria-sort")).toBe("descending");
    const first = tab.locator("#copies .open").first();
    const name = await first.innerText();
    await first.focus();
    await tab.keyboard.press("Space");
    expect(await tab.locator("#copies .open").first().getAttribute("aria-expanded")).toBe("true");
    expect(await tab.evaluate("document.activeElement.textContent")).toBe(name);
    expect(errors).toEqual([]);
  });

  test("hostile names are text", async () => {
    const evil = '"><img src=x onerror="document.title=1"></script><script>document.title=2</script>\u202e';
    const tab = await open([copy(0, { name: evil, path: evil, owner: evil, evidence: [{ kind: "pin-file", detail: evil, confidence: 1 }] })]);
    expect(await tab.title()).toBe("Vendored copies");
    expect(await tab.locator("img").count()).toBe(0);
    await tab.locator("#copies .open").click();
    expect(await tab.locator("tr.detail").innerText()).toContain('<img src=x onerror="document.title=1">');
    expect([await tab.title(), errors]).toEqual(["Vendored copies", []]);
  });

  test("light and dark: text stands out from what it is on", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const tab = await open(Array.from({ length: 25 }, (_, n) => copy(n)), { colorScheme });
      const contrasts = (await tab.evaluate(contrastOfTexts)) as { text: string; ratio: number }[];
      expect(contrasts.length).toBeGreaterThan(50);
      expect(contrasts.filter(({ ratio }) => ratio < 4.5), colorScheme).toEqual([]);
    }
  });

  test("ten thousand copies: drawn, searched and printed in moments", async () => {
    const before = performance.now();
    const tab = await open(Array.from({ length: 10_000 }, (_, n) => copy(n)));
    expect(await rows(tab).count()).toBe(200);
    await tab.getByLabel("Search").fill("host7 library-47");
    expect(await tab.getByRole("status").innerText()).toMatch(/^\d+ of 10000 copies$/);
    await tab.getByRole("button", { name: "Clear" }).click();
    await tab.getByRole("button", { name: "Next" }).click();
    expect(await tab.locator("#pages").innerText()).toContain("Page 2 of 50");
    expect((await tab.pdf()).length).toBeGreaterThan(10_000);
    expect(performance.now() - before).toBeLessThan(30_000);
    expect(errors).toEqual([]);
  });
});

/** Runs in the browser: the contrast (WCAG 2) of every visible text. */
const contrastOfTexts = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const behind = (element) => { for (let each = element; each; each = each.parentElement) { const c = channels(getComputedStyle(each).backgroundColor); if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const found = [];
  for (const element of document.querySelectorAll("h1,h2,h3,p,dt,dd,td,th,button,label,span,li,option")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || element.closest(".hidden,noscript")) continue;
    const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
    found.push({ text: element.textContent.slice(0, 40), ratio: Math.round(100 * (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)) / 100 });
  }
  return found;
})()`;
