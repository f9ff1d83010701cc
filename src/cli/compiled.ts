import { type CompiledDriver, CompileError, compileDriver, suspendingImports } from '../public/driver.ts';
import type { CompileOptions } from './compile-options.ts';
import { diagnosticsText } from './diagnostics.ts';
import { progressLine } from './progress.ts';

/** Compiles a driver; progress and what the compiler has to say go to stderr. @throws CompileError */
export const compiled = async (inputs: readonly string[], options: CompileOptions): Promise<CompiledDriver> => {
  const line = progressLine();
  try {
    const driver = await compileDriver({
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
    if (!options.quiet) process.stderr.write(diagnosticsText(driver.diagnostics));
    return driver;
  } catch (error) {
    line.clear();
    if (error instanceof CompileError) process.stderr.write(diagnosticsText(error.diagnostics));
    throw error;
  }
};
