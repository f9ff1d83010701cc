import { OpenWskError } from '../base/index.ts';
import { decodeLines, encodeLines, type LineEntry, LineTable } from './line-table.ts';
import { isGuestMemory } from './shadow-layout.ts';
import { customSection, isWasm, withSections } from './wasm-sections.ts';

/** What a compiler or linker said of a driver. Lines and columns count from 1; 0 is unknown. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The option that turns the warning on, without -W. */
  readonly flag?: string;
  /** check64: the same source read as 64-bit code, for what it would cut off. */
  readonly from: 'compile' | 'check64' | 'link';
}

/** What a host has to know of a compiled driver besides its code. */
export interface DriverFacts {
  /** The form of these facts; a host refuses other ones. */
  readonly schema: 2;
  /** Bytes of guest memory it was linked for: what the host has to import as env.memory. */
  readonly guestMemory: number;
  /** Whether its accesses are checked against the shadow, at shadowOffset(guestMemory). */
  readonly kasan: boolean;
  /** The imports of env that may suspend it. Others must not. */
  readonly suspending: readonly string[];
  readonly compiler: string;
  readonly diagnostics: readonly Diagnostic[];
  /** The files that its line table speaks of. */
  readonly files: readonly string[];
}

export interface DriverModule {
  readonly wasm: Uint8Array;
  readonly facts: DriverFacts;
  readonly lines: LineTable | null;
}

/** The custom sections that facts and lines are in. */
export const DRIVER_SECTIONS = { facts: 'openwsk.driver', lines: 'openwsk.lines' } as const;

/** A module that carries its facts and lines in custom sections at its end. */
export const writeDriverModule = (wasm: Uint8Array, facts: DriverFacts, lines: readonly LineEntry[]): Uint8Array =>
  withSections(wasm, {
    [DRIVER_SECTIONS.facts]: new TextEncoder().encode(JSON.stringify(facts)),
    [DRIVER_SECTIONS.lines]: encodeLines(lines),
  });

/**
 * Reads a module that `openwsk build` wrote.
 * @param name for the message
 * @throws OpenWskError OWSK_NOT_A_DRIVER when the bytes are no such module
 */
export const readDriverModule = (wasm: Uint8Array, name: string): DriverModule => {
  if (!isWasm(wasm)) throw notADriver(`${name} is no WebAssembly module`);
  const section = customSection(wasm, DRIVER_SECTIONS.facts);
  if (section === null) throw notADriver(`${name} was not made by openwsk build`);
  const facts = parseFacts(section);
  if (facts === null) throw notADriver(`${name} was made by another version of openwsk, or is damaged`);
  const bytes = customSection(wasm, DRIVER_SECTIONS.lines);
  const entries = bytes === null ? null : decodeLines(bytes, facts.files.length);
  return { wasm, facts, lines: entries === null ? null : new LineTable(facts.files, entries, wasm) };
};

const notADriver = (what: string): OpenWskError =>
  new OpenWskError('OWSK_NOT_A_DRIVER', `${what}: make it from the driver's sources with openwsk build`);

const parseFacts = (bytes: Uint8Array): DriverFacts | null => {
  try {
    const facts = JSON.parse(new TextDecoder().decode(bytes)) as DriverFacts;
    const lists = [facts.suspending, facts.diagnostics, facts.files];
    const fits = facts.schema === 2 && isGuestMemory(facts.guestMemory) && lists.every(Array.isArray);
    return fits ? facts : null;
  } catch {
    return null;
  }
};
