export { parseScript, splitDefine } from './parse-script.ts';
export { type RunScriptOptions, runScript, type ScriptOutcome } from './run-script.ts';
export type * from './script.ts';
export { PacketScriptError, type ScriptErrorKind } from './script-error.ts';
