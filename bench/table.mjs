// The result in 80 columns.

const figure = ({ value, unit }) => `${unit === "s" ? value.toFixed(value < 1 ? 3 : 2) : value.toFixed(unit === "MB" ? 0 : 2)} ${unit}`;

/** Undefined for a row that promises nothing. A limit holds for the ratio where there is one, else for the figure. */
export function holds({ limit, ratio, value }) {
  return limit === undefined ? undefined : (ratio ?? value) <= limit;
}

export function formatRows(rows) {
  const lines = [];
  let group;
  for (const row of rows) {
    if (row.group !== group) lines.push("", (group = row.group));
    const name = `  ${row.name.padEnd(22)}`;
    if (row.note) {
      lines.push(`${name}${row.note}`.slice(0, 80));
      continue;
    }
    const ratio = row.ratio === undefined ? "" : `${row.ratio.toFixed(2)} × ${row.against}`;
    const limit = row.limit === undefined ? "" : `≤ ${row.limit}`;
    const verdict = { true: "ok", false: "MISSED" }[holds(row)] ?? "";
    lines.push(`${name}${figure(row).padStart(11)}  ${ratio.padEnd(23)}${limit.padEnd(8)}${verdict}`.trimEnd());
  }
  return `${lines.join("\n")}\n`;
}
