export function formatCsv(_: unknown): string { throw new Error('not yet'); }
