export function formatFedora(_: unknown): string { throw new Error('not yet'); } export function formatDebian(_: unknown): string { throw new Error('not yet'); }
