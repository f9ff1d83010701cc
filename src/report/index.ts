export * from './calls.ts';
export * from './ladder.ts';
export * from './packet-text.ts';
export * from './text.ts';
