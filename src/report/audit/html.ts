export function formatHtml(_: unknown): string { throw new Error('not yet'); }
