import { parseScript } from './parse-script.ts';
import type { Script } from './script.ts';
import { PacketScriptError, type ScriptErrorKind } from './script-error.ts';
import { ScriptRun } from './script-run.ts';

export interface RunScriptOptions {
  /** How messages call the script. */
  readonly file?: string;
  /** Words to replace in the script (`-D NAME=VALUE`). */
  readonly defines?: ReadonlyMap<string, string>;
  /** PSH may be set or not: where senders set it differs (RFC 9293, section 3.9.1). */
  readonly ignorePush?: boolean;
  /** A packet of ours that the script never asks for is a failure. */
  readonly strict?: boolean;
}

export interface ScriptOutcome {
  readonly verdict: 'ok' | ScriptErrorKind;
  /** `file:line: …`, empty when all went well. */
  readonly message: string;
  /** Virtual time at the end, nanoseconds. */
  readonly time: number;
  /** Events that were carried out. */
  readonly events: number;
}

/**
 * Runs a packet script in packetdrill's format against our TCP/IP stack, on a virtual clock: socket calls on one side,
 * packets of an imagined remote side on the other. Never throws for what is in the script.
 * @param script its text, or what `parseScript` made of it
 * @example
 * runScript('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3').verdict; // 'ok'
 */
export const runScript = (script: string | Script, options: RunScriptOptions = {}): ScriptOutcome => {
  const { file = 'script', defines = new Map(), ignorePush = false, strict = false } = options;
  let run: ScriptRun | null = null;
  try {
    run = new ScriptRun(typeof script === 'string' ? parseScript(script, defines) : script, { ignorePush, strict });
    run.run();
    return { verdict: 'ok', message: '', time: run.now, events: run.done };
  } catch (error) {
    if (!(error instanceof PacketScriptError)) throw error;
    const { kind, line, message } = error;
    const at = kind === 'failed' && run !== null ? `at ${seconds(run.now)} s: ` : '';
    return { verdict: kind, message: `${file}:${line}: ${at}${message}`, time: run?.now ?? 0, events: run?.done ?? 0 };
  }
};

export const seconds = (time: number): string => (time / 1e9).toFixed(6);
