export * from './calls.ts';
export * from './capture.ts';
export * from './json.ts';
export * from './ladder.ts';
export * from './packet-text.ts';
export * from './text.ts';
