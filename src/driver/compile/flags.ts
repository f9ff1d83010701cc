import { shadowOffset } from '../shadow-layout.ts';

/** Bytes of the stack that DriverEntry and the static constructors run on; every other thread brings its own. */
const STACK_SIZE = 65_536;

/** What MSVC takes for granted and clang does not: drivers pun structures and rely on wrap-around. */
const msvc = [
  ...['-fms-extensions', '-fms-compatibility', '-fms-compatibility-version=19.30', '-mms-bitfields', '-fshort-wchar'],
  ...['-fno-strict-aliasing', '-fwrapv', '-fno-delete-null-pointer-checks'],
];

const kernelDefines = [
  ...['-D_KERNEL_MODE=1', '-DDBG=1', '-DNTDDI_VERSION=0x0A00000C', '-D_WIN32_WINNT=0x0A00', '-DWINVER=0x0A00'],
  '-DPOOL_NX_OPTIN=1',
];

/** The same instructions from every version of clang. */
const wasm = [
  ...['--target=wasm32-unknown-unknown', '-mmutable-globals', '-mbulk-memory', '-msign-ext', '-mnontrapping-fptoint'],
  ...['-O1', '-gline-tables-only', '-gdwarf-4'],
  ...['-D_MSC_VER=1930', '-D_WIN32'],
];

/** Calls that differ in their arguments alone are merged otherwise, and which of their lines it was is lost. */
const ownLines = ['sink-common-insts', 'hoist-common-insts', 'enable-tail-merge'].flatMap((it) => [
  '-mllvm',
  `-${it}=0`,
]);

/** Newer compilers have these on, and need them for exceptions alone. */
const fewer = ['-mno-multivalue', '-mno-reference-types'];

const freestanding = ['-ffreestanding', '-fno-builtin', '-nostdlibinc'];

const language = (file: string): string[] =>
  isCxx(file)
    ? ['-std=gnu++17', '-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics']
    : [
        '-std=gnu17',
        '-Wno-error=implicit-function-declaration',
        '-Wno-error=implicit-int',
        '-Wno-error=int-conversion',
      ];

/** MSVC only warns of these; all of them are real faults of a driver. */
const asWarnings = (major: number): string[] => [
  ...(major >= 16 ? ['-Wno-error=incompatible-function-pointer-types'] : []),
  ...(major >= 20 ? ['-Wno-error=incompatible-pointer-types'] : []),
  '-Wno-error=return-type',
];

const silent = [
  ...['microsoft', 'ignored-attributes', 'unknown-pragmas', 'nonportable-include-path', 'pragma-pack', 'comment'],
  ...['multichar', 'four-char-constants', 'unknown-warning-option', 'unused-value', 'ignored-pragma-intrinsic'],
  ...['undefined-inline', 'undefined-internal'],
].map((name) => `-Wno-${name}`);

const loud = ['-Wtautological-unsigned-enum-zero-compare', '-Wsign-compare', '-Wuninitialized', '-Wreturn-type'];

/** One line per diagnostic: the command line draws the source and the caret itself. */
const plainText = ['-fno-color-diagnostics', '-fno-caret-diagnostics'];

/** What setjmp and longjmp need; older compilers cannot do it. */
const setjmp = ['-fwasm-exceptions', '-mllvm', '-wasm-enable-sjlj'];
const FIRST_WITH_SETJMP = 19;

export const isCxx = (file: string): boolean => /\.(cpp|cc|cxx)$/i.test(file);

/**
 * Exception handling of __try blocks: the headers build it from setjmp. From -O1 on clang keeps locals where longjmp does
 * not restore them.
 */
const seh = ['-O0', ...setjmp];

/** Every branch counts down (runtime/fuel.c), so that a loop that does not end can be stopped. */
const fuel = ['-Xclang', '-fsanitize-coverage-type=3', '-Xclang', '-fsanitize-coverage-trace-pc'];

/** A finding names the function that the driver's author wrote: none is merged into its caller. */
const frames = ['-fno-inline', '-fno-optimize-sibling-calls'];

const kasan = (guestMemory: number): string[] => [
  ...['-Xclang', '-fsanitize=kernel-address'],
  ...['-mllvm', `-asan-mapping-offset=${shadowOffset(guestMemory)}`, '-mllvm', '-asan-stack=1'],
  ...['-mllvm', '-asan-globals=1', '-mllvm', '-asan-instrumentation-with-call-threshold=100000'],
  // A driver's module is never unloaded from its memory, and is alone in it.
  ...['-mllvm', '-asan-initialization-order=0', '-Xclang', '-fsanitize-address-destructor=none'],
];

export interface UnitFlags {
  readonly file: string;
  /** The compiler's version: what is an error by default depends on it. */
  readonly major: number;
  readonly includes: readonly string[];
  readonly defines: readonly string[];
  /** The unit has __try blocks. */
  readonly seh: boolean;
  /** Guest memory in bytes when its accesses are checked, else null. */
  readonly kasan: number | null;
  /** A file that every C++ unit starts with. */
  readonly cxxPrelude: string;
}

const paths = ({ file, includes, cxxPrelude }: UnitFlags): string[] => [
  ...['-ivfsoverlay', 'overlay.json', ...(isCxx(file) ? ['-include', cxxPrelude] : [])],
  ...includes.map((folder) => `-I${folder}`),
  ...['-isystem', 'include'],
];

/** Arguments of clang that compile a unit of the driver. */
export const driverFlags = (unit: UnitFlags): string[] => [
  ...[...wasm, ...freestanding, ...msvc, ...kernelDefines, ...unit.defines.map((define) => `-D${define}`)],
  ...[...ownLines, ...language(unit.file), ...silent, ...loud, ...asWarnings(unit.major), ...plainText, ...paths(unit)],
  ...[...(unit.seh ? seh : fewer), ...fuel, ...frames],
  ...(unit.kasan === null ? [] : kasan(unit.kasan)),
  ...['-fdebug-compilation-dir=.', '-c', unit.file],
];

/**
 * Of the runtime only the memory functions are worth optimising: the bundled compiler takes five times as long for that,
 * and everybody waits for it once.
 */
const runtimeEffort = ({ file }: UnitFlags): string => (file.endsWith('/crt-memory.c') ? '-O1' : '-O0');

/** The runtime's unit that setjmp itself is made of, and the one that calls longjmp. */
const sehOfRuntime = ({ file, major }: UnitFlags): string[] => {
  if (major < FIRST_WITH_SETJMP) return [...fewer, '-DOWSK_NO_SEH'];
  if (file.endsWith('/setjmp.c')) return ['-fwasm-exceptions'];
  return file.endsWith('/seh.c') ? setjmp : fewer;
};

/** Arguments of clang that compile a unit of the runtime: no checks of memory, for it is part of the host. */
export const runtimeFlags = (unit: UnitFlags): string[] => [
  ...[...wasm, ...freestanding, ...msvc, ...kernelDefines, ...language(unit.file), ...silent, ...plainText],
  ...[
    ...sehOfRuntime(unit),
    runtimeEffort(unit),
    '-Iruntime',
    ...paths(unit),
    '-fdebug-compilation-dir=.',
    '-c',
    unit.file,
  ],
];

/** The warnings that tell of truncation in 64-bit code. */
export const CHECK64_FLAGS: ReadonlySet<string> = new Set([
  ...['shorten-64-to-32', 'pointer-to-int-cast', 'int-to-pointer-cast', 'void-pointer-to-int-cast'],
  ...['int-to-void-pointer-cast', 'pointer-to-enum-cast', 'void-pointer-to-enum-cast'],
]);

/** Arguments of clang that read a unit as 64-bit code without making any. */
export const check64Flags = (unit: UnitFlags): string[] => [
  ...['--target=x86_64-pc-windows-msvc', '-fsyntax-only', ...freestanding, ...msvc, ...kernelDefines, '-D_AMD64_'],
  ...[...unit.defines.map((define) => `-D${define}`), ...language(unit.file), ...silent, ...asWarnings(unit.major)],
  ...['-Wshorten-64-to-32', '-Wpointer-to-int-cast', '-Wint-to-pointer-cast', ...plainText, ...paths(unit)],
  unit.file,
];

/** Arguments of wasm-ld. @param guestMemory in bytes: all of it from the start, it never grows */
export const linkFlags = (objects: readonly string[], guestMemory: number): string[] => [
  ...['--no-entry', '--export-table', '--growable-table', '--import-memory', '--allow-undefined'],
  ...[
    `--initial-memory=${guestMemory}`,
    `--max-memory=${guestMemory}`,
    '--stack-first',
    '-z',
    `stack-size=${STACK_SIZE}`,
  ],
  // Exported, the constructors are called by the host; otherwise the linker would call them around every export.
  ...['__wasm_call_ctors', '__stack_pointer', '__heap_base', '__data_end', 'OwskFuel', 'OwskSehTop'].map(
    (name) => `--export=${name}`,
  ),
  ...['--export-if-defined=DriverEntry', ...objects],
];
