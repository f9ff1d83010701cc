export type { Check, Scenario } from './scenario.ts';
export { type Program, runSeed, type SeedRun, type SeedRunOptions } from './seed-run.ts';
export * from './shrink.ts';
export * from './summary.ts';
export { checksThatFail, type Wrong } from './verdict.ts';
