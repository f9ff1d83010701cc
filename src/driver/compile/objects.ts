import type { Diagnostic } from '../driver-module.ts';
import type { Cache } from './cache.ts';
import { distinct, parseDiagnostics, withTheirNotes } from './diagnostics.ts';
import { CHECK64_FLAGS, check64Flags, driverFlags, runtimeFlags, type UnitFlags } from './flags.ts';
import type { Toolchain, ToolSession } from './toolchain.ts';

/** A step that makes an object, or only diagnostics, of one unit. */
export interface Step {
  readonly kind: 'driver' | 'runtime' | 'check64';
  /** The unit's path in the tree. */
  readonly unit: string;
  readonly args: readonly string[];
  /** Known by its arguments, the compiler, and the bytes of everything it reads. */
  readonly key: string;
}

export interface Made {
  readonly diagnostics: readonly Diagnostic[];
  /** Empty after check64. */
  readonly object: Uint8Array;
  readonly failed: boolean;
}

const argumentsOf = { driver: driverFlags, runtime: runtimeFlags, check64: check64Flags };

/** @param contents what hashes to the unit and all it includes */
export const stepOf = (
  kind: Step['kind'],
  flags: UnitFlags,
  contents: readonly (string | Uint8Array)[],
  toolchain: Toolchain,
  cache: Cache,
): Step => {
  const args = argumentsOf[kind](flags);
  return { kind, unit: flags.file, args, key: cache.key(kind, toolchain.id, args.join('\0'), ...contents) };
};

/** Does a step, or finds it done. */
export const take = async (step: Step, session: () => ToolSession, cache: Cache): Promise<Made> => {
  const known = unpack(cache.read(step.key));
  if (known !== null) return known;
  const { kind, args } = step;
  const result = await session().run({
    tool: 'clang',
    args,
    ...(kind === 'check64' ? {} : { output: `${step.key}.o` }),
  });
  const all = parseDiagnostics(result.text, kind === 'check64' ? 'check64' : 'compile');
  const made: Made = {
    diagnostics: distinct(withTheirNotes(all, wanted[kind])),
    object: result.output ?? new Uint8Array(),
    failed: result.code !== 0,
  };
  if (made.failed && !all.some(({ severity }) => severity === 'error'))
    return { ...made, diagnostics: [crash(step, result.text)] };
  // What failed is tried again: the reason may have been the machine's.
  if (!made.failed || kind === 'check64') cache.write(step.key, pack(made));
  return made;
};

const ownFile = ({ file }: Diagnostic): boolean => file.startsWith('src/');

const wanted: Record<Step['kind'], (it: Diagnostic) => boolean> = {
  // Only enumerations are signed in one compiler and unsigned in the other.
  driver: ({ flag, message }) => flag !== 'sign-compare' || /\benum\b/.test(message),
  runtime: ({ severity }) => severity === 'error',
  check64: (it) => ownFile(it) && (it.severity === 'error' || CHECK64_FLAGS.has(it.flag ?? '')),
};

const crash = ({ unit, kind }: Step, text: string): Diagnostic => ({
  severity: 'error',
  file: unit,
  line: 0,
  column: 0,
  message: `the compiler failed: ${text.trim().split('\n').slice(-3).join(' ').slice(0, 500) || 'it said nothing'}`,
  from: kind === 'check64' ? 'check64' : 'compile',
});

const pack = ({ diagnostics, object, failed }: Made): Uint8Array => {
  const head = Buffer.from(JSON.stringify({ diagnostics, failed }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, object]);
};

const unpack = (bytes: Uint8Array | null): Made | null => {
  if (bytes === null) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 4 + buffer.readUInt32LE(0);
  return { ...(JSON.parse(buffer.toString('utf8', 4, end)) as Omit<Made, 'object'>), object: bytes.subarray(end) };
};
