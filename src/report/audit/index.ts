/** What an index of releases holds, as text. */
import type { IndexResult, Outcome } from "../../model/outcome.ts";
import { visible } from "../terminal.ts";
import type { TextOptions } from "../text.ts";

export function formatIndex({ result, notices }: Outcome<IndexResult>, { paint, quiet, verbose }: TextOptions): string {
  if (quiet) return "";
  const size = result.bytes < 1 << 20 ? `${Math.ceil(result.bytes / 1024)} KiB` : `${(result.bytes / 2 ** 20).toFixed(1)} MiB`;
  const per = result.releases === 0 ? "" : `, ${Math.ceil(result.bytes / result.releases)} bytes a release`;
  const out = [`${paint.strong(visible(result.index))}  ${size}: ${result.libraries.length} libraries, ${result.releases} releases${per}`];
  out.push(...(verbose ? notices : []).map((notice) => `  ${visible(notice)}`));
  if (!verbose && notices.length > 0) out.push(`  ${notices.length} archives left out (-v says why)`);
  if (result.added > 0) out.push(`  ${result.added} added`);
  if (verbose || result.added === 0) for (const each of result.libraries) out.push(`  ${visible(each.name)}  ${each.releases} releases, ${visible(each.oldest)} to ${visible(each.newest)}`);
  return `${out.join("\n")}\n`;
}
