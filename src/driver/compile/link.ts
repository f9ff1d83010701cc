import type { Diagnostic } from '../driver-module.ts';
import { BinaryReader, sectionsOf } from '../wasm-sections.ts';
import { parseDiagnostics } from './diagnostics.ts';
import { linkFlags } from './flags.ts';
import type { ToolSession } from './toolchain.ts';
import { CompileError } from './types.ts';

export interface Linked {
  readonly wasm: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Links the objects of a driver and of the runtime.
 * @param objects by a name that the linker's messages can use
 * @throws CompileError when they do not fit, or none has DriverEntry
 */
export const link = async (
  objects: Readonly<Record<string, Uint8Array>>,
  guestMemory: number,
  session: ToolSession,
): Promise<Linked> => {
  const args = linkFlags(Object.keys(objects), guestMemory);
  const { text, output } = await session.run({ tool: 'wasm-ld', args, files: objects, output: 'driver.wasm' });
  const diagnostics = parseDiagnostics(joinedLines(text), 'link');
  if (output === null) {
    const first = diagnostics.find(({ severity }) => severity === 'error')?.message ?? text.trim().slice(0, 500);
    throw new CompileError(`the driver does not link: ${first}`, diagnostics);
  }
  if (!exportNames(output).includes('DriverEntry')) throw new CompileError(NO_ENTRY, diagnostics);
  return { wasm: output, diagnostics };
};

const NO_ENTRY =
  'no DriverEntry: a driver starts with NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath), ' +
  'not static; name the source that has it';

/** `>>> defined in …` belongs to the line before. */
const joinedLines = (text: string): string => text.replace(/\r?\n>>> /g, '; ').replaceAll(/obj\/([^\s;]+)\.o\b/g, '$1');

const exportNames = (wasm: Uint8Array): string[] => {
  const section = sectionsOf(wasm).find(({ id }) => id === 7);
  if (section === undefined) return [];
  const reader = new BinaryReader(wasm, section.start, section.end);
  const names: string[] = [];
  for (let left = reader.uleb(); left > 0 && !reader.failed; left--) {
    names.push(reader.name());
    reader.u8();
    reader.uleb();
  }
  return names;
};
