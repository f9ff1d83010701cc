import binaryen from 'binaryen';
import { kernelTable, suspendingImports } from '../../../src/driver/index.ts';

/** Parameters that every import is given; functions with fewer ignore the rest. */
const PARAMETERS = 12;

/** Parameters and results that are 64-bit numbers, by name. */
export interface Wide {
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly results: readonly string[];
}

/** End the machine on purpose: nothing to learn from them. */
const ENDINGS = /BugCheck|FastFail|Assert|BreakPoint|OutOfFuel|^__asan_report/;

/** The functions that are called, in the order of their numbers. */
export const targets = [...Object.keys(kernelTable.plain), ...suspendingImports]
  .filter((name) => !ENDINGS.test(name))
  .sort();

/**
 * A module that calls whatever kernel function it is told to, with whatever numbers: `Next` gives the number of the
 * function, negative to stop, `Word` each parameter, and `Result` is told what came back. DriverEntry and the
 * functions in the table do nothing else.
 */
export const hostileModule = (wide: Wide): Uint8Array => {
  const { i32, i64, none } = binaryen;
  const module = new binaryen.Module();
  module.setFeatures(binaryen.Features.MutableGlobals);
  const word = () => module.call('Word', [], i32);
  const wideWord = () => module.i64.extend_s(word());
  const types = (name: string) =>
    Array.from({ length: PARAMETERS }, (_, index) => (wide.parameters[name]?.includes(index) ? i64 : i32));
  module.addFunctionImport('Next', 'env', 'Next', none, i32);
  module.addFunctionImport('Word', 'env', 'Word', none, i32);
  module.addFunctionImport('Result', 'env', 'Result', binaryen.createType([i32]), none);
  let body: binaryen.ExpressionRef = module.switch(
    targets.map((_, index) => `case${index}`),
    'end',
    module.call('Next', [], i32),
  );
  for (const [index, name] of targets.entries()) {
    const isWide = wide.results.includes(name);
    module.addFunctionImport(name, 'env', name, binaryen.createType(types(name)), isWide ? i64 : i32);
    const operands = types(name).map((type) => (type === i64 ? wideWord() : word()));
    const call = module.call(name, operands, isWide ? i64 : i32);
    const told = module.call('Result', [isWide ? module.i32.wrap(call) : call], none);
    body = module.block(null, [module.block(`case${index}`, [body]), told, module.br('again')]);
  }
  const play = module.block('end', [module.loop('again', body)]);
  const three = binaryen.createType([i32, i32, i32]);
  module.addFunction('Play', three, i32, [], module.block(null, [play, word()], i32));
  module.addFunction(
    'DriverEntry',
    binaryen.createType([i32, i32]),
    i32,
    [],
    module.call('Play', [module.i32.const(0), module.i32.const(0), module.i32.const(0)], i32),
  );
  const one = binaryen.createType([i32]);
  module.addFunction('OwskDispatchTable', one, i32, [], module.i32.const(0x11000));
  module.addGlobal('__stack_pointer', i32, true, module.i32.const(0x20000));
  module.addGlobal('__heap_base', i32, false, module.i32.const(0x20000));
  module.addGlobal('OwskFuel', i32, false, module.i32.const(0x11000));
  module.addGlobal('OwskSehTop', i32, false, module.i32.const(0x11004));
  module.addTable('table', 4, 4);
  module.addActiveElementSegment('table', 'elements', ['Play', 'Play', 'Play'], module.i32.const(1));
  module.setMemory(16, 16, null);
  module.addMemoryImport('0', 'env', 'memory');
  for (const name of ['DriverEntry', 'OwskDispatchTable']) module.addFunctionExport(name, name);
  for (const name of ['__stack_pointer', '__heap_base', 'OwskFuel', 'OwskSehTop']) module.addGlobalExport(name, name);
  module.addTableExport('table', '__indirect_function_table');
  binaryen.setPassArgument('asyncify-imports', suspendingImports.map((name) => `env.${name}`).join());
  module.runPasses(['asyncify']);
  binaryen.setPassArgument('asyncify-imports', '');
  if (!module.validate()) throw new Error('the hostile module is no module');
  return module.emitBinary();
};
