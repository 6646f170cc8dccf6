export function formatSpdx(_: unknown): string { throw new Error('not yet'); }
