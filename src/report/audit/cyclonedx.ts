export function formatCycloneDx(_: unknown): string { throw new Error('not yet'); }
