import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { CompileError, type CompilerChoice, compileDriver, suspendingImports } from '../driver/compile/index.ts';
import { diagnosticsText } from './diagnostics.ts';
import { UsageError } from './failure.ts';
import { collect, sizeOption } from './options.ts';
import { progressLine } from './progress.ts';

interface Options {
  readonly output: string;
  readonly include?: string[];
  readonly define?: string[];
  readonly compiler: CompilerChoice;
  readonly kasan: boolean;
  readonly guestMemory?: number;
}

export const buildCommand = (): Command =>
  new Command('build')
    .description('compile a driver in C or C++ to a module that run takes')
    .argument('<sources | folders...>', "C and C++ files, folders of them, or folders with a driver's project file")
    .requiredOption('-o, --output <out.wasm>', 'where the module goes')
    .option('-I, --include <DIR>', 'look for headers there too; may be given again', collect)
    .option('-D, --define <NAME[=VALUE]>', 'define a macro; may be given again', collect)
    .addOption(
      new Option('--compiler <which>', 'a clang on PATH, the bundled one, or whichever is there')
        .choices(['auto', 'native', 'bundled'])
        .default('auto'),
    )
    .option('--guest-memory <SIZE>', "the driver's memory: bytes, or with K, M, G (16M)", sizeOption('--guest-memory'))
    .option('--no-kasan', 'do not check accesses to memory')
    .addHelpText('after', '\nExample:\n  openwsk build driver.c -o driver.wasm')
    .action(build);

const build = async (inputs: string[], options: Options): Promise<void> => {
  const line = progressLine();
  try {
    const { wasm, diagnostics } = await compileDriver({
      inputs,
      includeDirs: options.include ?? [],
      defines: options.define ?? [],
      compiler: options.compiler,
      kasan: options.kasan,
      suspending: suspendingImports,
      ...(options.guestMemory === undefined ? {} : { guestMemory: options.guestMemory }),
      progress: line.show,
    });
    line.clear();
    process.stderr.write(diagnosticsText(diagnostics));
    write(options.output, wasm);
    process.stdout.write(`${options.output}: ${Math.ceil(wasm.length / 1024)} KiB${warnings(diagnostics)}\n`);
  } catch (error) {
    line.clear();
    if (error instanceof CompileError) process.stderr.write(diagnosticsText(error.diagnostics));
    throw error;
  }
};

const warnings = (diagnostics: readonly { severity: string }[]): string => {
  const count = diagnostics.filter(({ severity }) => severity !== 'note').length;
  return count === 0 ? '' : pc.yellow(`, ${count} warning${count === 1 ? '' : 's'}`);
};

const write = (file: string, bytes: Uint8Array): void => {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new UsageError(`-o ${file}: ${(error as Error).message}`);
  }
};
