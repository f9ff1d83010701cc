import { CALL_CONTEXT } from '../call-context.ts';
import type { LineEntry } from '../line-table.ts';
import { functionsOf, importedFunctions, parametersOf, type WasmFunction } from '../wasm-functions.ts';
import { BinaryReader, joined, pushUleb, SECTION_CODE, sectionsOf } from '../wasm-sections.ts';
import { callsIn } from './wasm-calls.ts';

/**
 * Makes a module say where it is whenever it calls: before each call it writes a number to CALL_CONTEXT that stands for
 * this call and those that led to it, `3 * caller's + site` with a larger number for the 3 (M. D. Bond, K. S. McKinley:
 * Probabilistic calling context, OOPSLA 2007). After the transformation for waiting, since a call that goes on passes
 * through all of its callers again.
 * @returns the module, and its lines where they are now
 */
export const withCallContexts = (
  wasm: Uint8Array,
  lines: readonly LineEntry[],
): { readonly wasm: Uint8Array; readonly entries: readonly LineEntry[] } => {
  const sections = sectionsOf(wasm);
  const index = sections.findIndex(({ id }) => id === SECTION_CODE);
  if (index < 1) return { wasm, entries: lines };
  const functions = functionsOf(wasm);
  const content = [inserted(uleb(functions.length)), ...marked(wasm, functions)];
  const before = kept(wasm, 0, sections[index - 1].end + 1);
  const parts = [before, inserted(uleb(sizeOf(content))), ...content, kept(wasm, sections[index].end, wasm.length)];
  return { wasm: joined(parts.map(({ bytes }) => bytes)), entries: moved(lines, parts) };
};

/** Bytes of the new module, and where they lay in the old one; null for new ones. */
interface Part {
  readonly bytes: Uint8Array;
  readonly from: number | null;
}

const inserted = (bytes: readonly number[]): Part => ({ bytes: Uint8Array.from(bytes), from: null });
const kept = (wasm: Uint8Array, from: number, to: number): Part => ({ bytes: wasm.subarray(from, to), from });
const sizeOf = (parts: readonly Part[]): number => parts.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** Called at every branch, or not at all by a sound driver: nothing that asks for a place. */
const UNWATCHED = /^__sanitizer_cov_|^OwskOutOfFuel$|^__asan_(?:report|load|store)/;

/** The functions' sizes and bodies. Sites are numbered from 1 across the module. */
const marked = (wasm: Uint8Array, functions: readonly WasmFunction[]): Part[] => {
  const names = [...importedFunctions(wasm), ...functions.map(({ name }) => name)];
  const isWatched = names.map((name) => !UNWATCHED.test(name));
  const parameters = parametersOf(wasm);
  let site = 1;
  return functions.flatMap((owner, index) => {
    const reader = new BinaryReader(wasm, owner.start, owner.end);
    const locals = localsOf(reader);
    const calls = callsIn(reader, (callee) => callee === null || isWatched[callee]);
    const body =
      calls.length === 0
        ? [kept(wasm, owner.start, owner.end)]
        : markedBody(wasm, owner, locals, calls, parameters[index] + locals.count, site);
    site += calls.length;
    return [inserted(uleb(sizeOf(body))), ...body];
  });
};

interface Locals {
  readonly groups: number;
  readonly count: number;
  /** Where the groups begin and end. */
  readonly start: number;
  readonly end: number;
}

const localsOf = (reader: BinaryReader): Locals => {
  const groups = reader.uleb();
  const start = reader.at;
  let count = 0;
  for (let left = groups; left > 0 && !reader.failed; left--) {
    count += reader.uleb();
    reader.skip(1);
  }
  return { groups, count, start, end: reader.at };
};

const I64 = 0x7e;

const markedBody = (
  wasm: Uint8Array,
  { end }: WasmFunction,
  locals: Locals,
  calls: readonly number[],
  local: number,
  firstSite: number,
): Part[] => {
  const head = [inserted(uleb(locals.groups + 1)), kept(wasm, locals.start, locals.end), inserted([1, I64])];
  const ends = [...calls, end];
  let from = locals.end;
  const code = ends.flatMap((to, index) => {
    const before = index === 0 ? atEntry(local) : beforeCall(local, firstSite + index - 1);
    const stretch = [inserted(before), kept(wasm, from, to)];
    from = to;
    return stretch;
  });
  return [...head, ...code];
};

/** An odd number of 64 bits, as a signed LEB128. */
const MULTIPLIER = [0xad, 0xfe, 0xd5, 0xe4, 0xd4, 0x85, 0xfd, 0xa8, 0xd8, 0x00];

/** `local = context * MULTIPLIER`: i32.const, i64.load, i64.const, i64.mul, local.set. */
const atEntry = (local: number): number[] => [
  ...[0x41, 0, 0x29, 3, CALL_CONTEXT, 0x42, ...MULTIPLIER, 0x7e, 0x21],
  ...uleb(local),
];

/** `context = local + site`: i32.const, local.get, i64.const, i64.add, i64.store. */
const beforeCall = (local: number, site: number): number[] => [
  ...[0x41, 0, 0x20, ...uleb(local), 0x42, ...sleb(site), 0x7c, 0x37, 3, CALL_CONTEXT],
];

const uleb = (value: number): number[] => {
  const out: number[] = [];
  pushUleb(out, value);
  return out;
};

/** A number that is not negative as a signed LEB128: the last byte's sign bit is 0. */
const sleb = (value: number): number[] => {
  const out = uleb(value);
  const last = out.length - 1;
  if ((out[last] & 0x40) !== 0) out.splice(last, 1, out[last] | 0x80, 0);
  return out;
};

/** The lines of the parts that were kept. */
const moved = (lines: readonly LineEntry[], parts: readonly Part[]): LineEntry[] => {
  let at = 0;
  let shift = 0;
  const moves: { from: number; shift: number }[] = [];
  for (const { bytes, from } of parts) {
    if (from !== null) moves.push({ from, shift: at - from });
    at += bytes.length;
  }
  let next = 0;
  return lines.map((line) => {
    while (next < moves.length && moves[next].from <= line.offset) shift = moves[next++].shift;
    return { ...line, offset: line.offset + shift };
  });
};
