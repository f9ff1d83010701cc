import { type Command, Option } from 'commander';
import type { CompilerChoice } from '../driver/compile/index.ts';
import { collect, sizeOption } from './options.ts';

/** How a driver in C or C++ is compiled. */
export interface CompileOptions {
  readonly include?: string[];
  readonly define?: string[];
  readonly compiler: CompilerChoice;
  readonly kasan: boolean;
  readonly guestMemory?: number;
  /** Of `run`: branches that the driver may take in one go. */
  readonly fuel?: number;
  /** A TypeScript file with functions that the kernel here does not have. */
  readonly stubs?: string;
  /** Says nothing of what the compiler says: another process does. */
  readonly quiet?: boolean;
}

/** Adds the options of the commands that compile drivers. */
export const withCompileOptions = (command: Command): Command =>
  command
    .option('-I, --include <DIR>', 'look for headers there too; may be given again', collect)
    .option('-D, --define <NAME[=VALUE]>', 'define a macro; may be given again', collect)
    .addOption(
      new Option('--compiler <which>', 'a clang on PATH, the bundled one, or whichever is there')
        .choices(['auto', 'native', 'bundled'])
        .default('auto'),
    )
    .option('--guest-memory <SIZE>', "the driver's memory: bytes, or with K, M, G (16M)", sizeOption('--guest-memory'))
    .option('--no-kasan', 'do not check accesses to memory');
