/**
 * Why a script did not go through:
 *
 * - `syntax`: the text is no packet script
 * - `failed`: the stack did something else than the script says
 * - `unsupported`: the script asks for something that the runner or the stack does not have
 */
export type ScriptErrorKind = 'syntax' | 'failed' | 'unsupported';

/** The only error that parsing and running a script throws; `line` counts from 1. */
export class PacketScriptError extends Error {
  override readonly name = 'PacketScriptError';
  readonly kind: ScriptErrorKind;
  readonly line: number;

  constructor(kind: ScriptErrorKind, line: number, message: string) {
    super(message);
    this.kind = kind;
    this.line = line;
  }
}

export const syntaxError = (line: number, message: string): PacketScriptError =>
  new PacketScriptError('syntax', line, message);

export const unsupported = (line: number, message: string): PacketScriptError =>
  new PacketScriptError('unsupported', line, message);
