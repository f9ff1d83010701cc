import { readdirSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import { OpenWskError } from '../../base/index.ts';
import { packageRoot } from '../../package/package-files.ts';
import { type DriverFacts, writeDriverModule } from '../driver-module.ts';
import { DEFAULT_GUEST_MEMORY, GUEST_MEMORY_UNIT, isGuestMemory } from '../shadow-layout.ts';
import { asyncify, binaryenVersion } from './asyncify.ts';
import { Cache } from './cache.ts';
import { withCallContexts } from './call-contexts.ts';
import { chooseToolchain } from './choose-toolchain.ts';
import { distinct } from './diagnostics.ts';
import { isCxx } from './flags.ts';
import { inOrder } from './in-order.ts';
import { link } from './link.ts';
import { type Made, type Step, stepOf, take } from './objects.ts';
import { type Project, projectOf } from './project.ts';
import { renamedModule } from './renamed-module.ts';
import { type SourceTree, sourceTree } from './source-tree.ts';
import type { Toolchain, ToolSession } from './toolchain.ts';
import { type CompiledDriver, CompileError, type CompileRequest } from './types.ts';

/** What every C++ unit starts with: a later declaration takes this linkage, so that DriverEntry keeps its name. */
const CXX_PRELUDE = 'gen/driver-entry.h';
const cxxPrelude = `struct _DRIVER_OBJECT;
struct _UNICODE_STRING;
extern "C" long DriverEntry(struct _DRIVER_OBJECT *, struct _UNICODE_STRING *);
`;

/**
 * Makes a WebAssembly module of a Windows driver's C and C++ sources that kernel calls can suspend.
 * @throws CompileError OWSK_COMPILE with diagnostics when the sources make no driver; OpenWskError OWSK_NO_COMPILER,
 * OWSK_NO_BINARYEN when a tool is missing, OWSK_INVALID_ARGUMENT for a guest memory that cannot be
 */
export const compileDriver = async (request: CompileRequest): Promise<CompiledDriver> => {
  const guestMemory = request.guestMemory ?? DEFAULT_GUEST_MEMORY;
  if (!isGuestMemory(guestMemory)) throw badMemory(guestMemory);
  const project = projectOf(request.inputs, request.includeDirs, request.defines);
  const tree = treeOf(project, request.kit ?? packageRoot);
  const cache = new Cache(request.cacheDir);
  const needs = { cxx: project.units.some(isCxx), seh: tree.units.some((unit) => usesSeh(tree, unit)) };
  const toolchain = await chooseToolchain(request.compiler ?? 'auto', needs, cache);
  const steps = stepsOf({ ...request, guestMemory }, project, tree, toolchain, cache);
  const suspending = [...new Set(request.suspending)].sort();
  const tail = [String(guestMemory), String(request.kasan), suspending.join(), binaryenVersion() ?? 'no binaryen'];
  const key = cache.key('module', ...steps.map((step) => step.key), ...tail, ...tree.units);
  const rename = renamer(project, tree);
  const kept = cache.read(key);
  if (kept !== null) return { ...renamedModule(kept, rename), cached: true };
  const facts = { schema: 2, guestMemory, kasan: request.kasan, suspending, compiler: toolchain.name } as const;
  try {
    const module = await make(steps, facts, tree, toolchain, cache, request.progress ?? (() => {}));
    cache.write(key, module);
    cache.prune();
    return { ...renamedModule(module, rename), cached: false };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new CompileError(
      error.message,
      error.diagnostics.map((it) => ({ ...it, file: rename(it.file) })),
    );
  }
};

const badMemory = (bytes: number): OpenWskError =>
  new OpenWskError(
    'OWSK_INVALID_ARGUMENT',
    `guest memory of ${bytes} bytes: take 1 MiB to 2 GiB, in units of ${GUEST_MEMORY_UNIT / 1024} KiB`,
    'guestMemory',
  );

const treeOf = (project: Project, kit: string): SourceTree => {
  const include = resolve(kit, 'include');
  const runtime = resolve(kit, 'runtime');
  const runtimeUnits = unitsIn(runtime);
  return sourceTree({ ...project, include, runtime, runtimeUnits });
};

const unitsIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
};

const stepsOf = (
  request: CompileRequest & { guestMemory: number },
  project: Project,
  tree: SourceTree,
  toolchain: Toolchain,
  cache: Cache,
): Step[] => {
  const common = { major: toolchain.major, cxxPrelude: CXX_PRELUDE };
  const contents = (unit: string): (string | Uint8Array)[] => [
    cxxPrelude,
    ...tree.closure(unit).flatMap((path) => [path, tree.files.get(path)!]),
  ];
  const driver = tree.units.map((file) => ({
    ...common,
    file,
    includes: [...tree.includeDirs, 'wpp'],
    defines: project.defines,
    seh: usesSeh(tree, file),
    kasan: request.kasan ? request.guestMemory : null,
  }));
  const plain = { ...common, includes: [], defines: [], seh: false, kasan: null };
  const check = request.check64 === false ? [] : driver;
  return [
    ...driver.map((flags) => stepOf('driver', flags, contents(flags.file), toolchain, cache)),
    ...tree.runtimeUnits.map((file) => stepOf('runtime', { ...plain, file }, contents(file), toolchain, cache)),
    ...check.map((flags) => stepOf('check64', flags, contents(flags.file), toolchain, cache)),
  ];
};

/** `__try {`, and `try {` as the kernel's headers spell it too. */
const TRY_BLOCK = /\b(?:__try|_try|try)\s*\{/;

const usesSeh = (tree: SourceTree, unit: string): boolean =>
  tree
    .closure(unit)
    .some((path) => path.startsWith('src/') && TRY_BLOCK.test(new TextDecoder('latin1').decode(tree.files.get(path))));

type Progress = NonNullable<CompileRequest['progress']>;

/** Compiles, links and transforms; the check as 64-bit code goes on beside the last two. */
const make = async (
  steps: readonly Step[],
  facts: Omit<DriverFacts, 'diagnostics' | 'files'>,
  tree: SourceTree,
  toolchain: Toolchain,
  cache: Cache,
  progress: Progress,
): Promise<Uint8Array> => {
  let opened: ToolSession | null = null;
  const session = (): ToolSession => (opened ??= toolchain.open(withPrelude(tree)));
  let done = 0;
  const report = (what: string): void => progress(what, done++, steps.length + 2);
  const run = (some: readonly Step[]): Promise<Made[]> =>
    inOrder(some, toolchain.parallel, (step) => {
      report(`${step.kind === 'check64' ? '64-bit check of' : 'compiling'} ${step.unit.replace(/^src\//, '')}`);
      return take(step, session, cache);
    });
  try {
    const compiled = steps.filter(({ kind }) => kind !== 'check64');
    const objects = await run(compiled);
    refuseFailures(objects);
    const linking = async () => {
      report('linking');
      const linked = await link(named(compiled, objects), facts.guestMemory, session());
      report('asyncify');
      const { wasm, files, entries } = await asyncify(linked.wasm, facts.suspending);
      return { ...withCallContexts(wasm, entries), files, said: linked.diagnostics };
    };
    const [finished, checks] = await Promise.all([linking(), run(steps.filter(({ kind }) => kind === 'check64'))]);
    const said = distinct([...[...objects, ...checks].flatMap(({ diagnostics }) => diagnostics), ...finished.said]);
    return writeDriverModule(finished.wasm, { ...facts, diagnostics: said, files: finished.files }, finished.entries);
  } finally {
    (opened as ToolSession | null)?.close();
  }
};

const withPrelude = (tree: SourceTree): ReadonlyMap<string, Uint8Array> =>
  new Map([...tree.files, [CXX_PRELUDE, new TextEncoder().encode(cxxPrelude)]]);

const named = (steps: readonly Step[], made: readonly Made[]): Record<string, Uint8Array> =>
  Object.fromEntries(steps.map(({ unit }, index) => [`obj/${unit}.o`, made[index].object]));

const refuseFailures = (made: readonly Made[]): void => {
  if (!made.some(({ failed }) => failed)) return;
  const diagnostics = distinct(made.flatMap((it) => it.diagnostics));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  throw new CompileError(
    `the driver does not compile: ${errors.length} error${errors.length === 1 ? '' : 's'}`,
    diagnostics,
  );
};

/** Gives the files of the tree the names by which the user knows them. */
const renamer = (project: Project, tree: SourceTree): ((path: string) => string) => {
  return (path) => {
    const original = path.startsWith('src/') ? tree.original(posix.normalize(path)) : undefined;
    if (original === undefined) return path;
    const below = relative(process.cwd(), original);
    return project.given.get(original) ?? (below === '..' || below.startsWith(`..${sep}`) ? original : below);
  };
};
