export { compileDriver } from './compile-driver.ts';
export { type CompilerFound, compilersFound } from './compilers-found.ts';
export {
  type CompiledDriver,
  CompileError,
  type CompileRequest,
  type CompilerChoice,
  type Diagnostic,
} from './types.ts';
