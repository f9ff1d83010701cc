import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import pc from 'picocolors';
import { type CompileOptions, withCompileOptions } from './compile-options.ts';
import { compiled } from './compiled.ts';
import { UsageError } from './failure.ts';

interface Options extends CompileOptions {
  readonly output: string;
}

export const buildCommand = (): Command =>
  withCompileOptions(
    new Command('build')
      .description('compile a driver in C or C++ to a module that run takes')
      .argument('<sources | folders...>', "C and C++ files, folders of them, or folders with a driver's project file")
      .requiredOption('-o, --output <out.wasm>', 'where the module goes'),
  )
    .addHelpText('after', '\nExample:\n  openwsk build driver.c -o driver.wasm')
    .action(build);

const build = async (inputs: string[], options: Options): Promise<void> => {
  const { wasm, diagnostics } = await compiled(inputs, options);
  write(options.output, wasm);
  process.stdout.write(`${options.output}: ${Math.ceil(wasm.length / 1024)} KiB${warnings(diagnostics)}\n`);
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
