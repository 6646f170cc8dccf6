export function formatSarif(_: unknown): string { throw new Error('not yet'); }
