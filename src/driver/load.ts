import { OpenWskError, Random } from '../base/index.ts';
import type { DRIVER_OBJECT, DriverEntry, Kernel, KernelRoutine } from '../kernel/index.ts';
import type { Wsk } from '../wsk/index.ts';
import { type DeviceAnswer, DeviceCall, type DeviceRequest } from './device-request.ts';
import { readDriverModule } from './driver-module.ts';
import { type HostFunction, kernelTable } from './exports/index.ts';
import { Guest } from './guest.ts';
import type { GuestExports, GuestOptions } from './guest-options.ts';
import { seededBytes } from './host-services.ts';
import { DRIVER_OBJECT as Driver, UNICODE_STRING } from './layout.ts';
import { type LeftBehind, leftBehind } from './left-behind.ts';
import { MemoryStock } from './memory-stock.ts';
import { engine, type WasmModule } from './webassembly.ts';
import { callCost } from './work.ts';

/** A compiled driver, ready to be loaded any number of times. */
export interface DriverImage {
  readonly module: WasmModule;
  /** Memories of the size that it was linked for. */
  readonly memories: MemoryStock;
  readonly options?: GuestOptions;
  /** The sources it was made of. */
  readonly files?: readonly string[];
  /** Functions that the kernel here does not have, by name. */
  readonly stubs?: Readonly<Record<string, HostFunction>>;
}

/** An application's request on its way. */
export interface SentRequest {
  run(): KernelRoutine<DeviceAnswer>;
  cancel(): boolean;
  /** R35: reports it, when it was cancelled and has not completed. */
  overdue(): void;
}

export interface LoadedDriver {
  readonly guest: Guest;
  readonly entry: DriverEntry;
  /** What the driver has not given back, and where it was made. */
  leftBehind(): LeftBehind[];
  /** Gives its memory to the next driver of this image. Nothing of this one may be used afterwards. */
  release(): void;
  /** An application's request to one of its devices. */
  request(request: DeviceRequest): SentRequest;
}

/**
 * A module of `openwsk build` as an image.
 * @throws OpenWskError OWSK_NOT_A_DRIVER for other bytes
 */
export const driverImage = (wasm: Uint8Array, name: string): DriverImage => {
  const { facts, lines } = readDriverModule(wasm, name);
  return {
    module: new engine.Module(wasm),
    memories: new MemoryStock(facts.guestMemory),
    options: { lines },
    files: facts.files,
  };
};

/**
 * Loads a compiled driver on a machine.
 * @param seed of the bytes of chance that it may ask for, unless the image's options give a source of them
 * @returns its DriverEntry, to be called as that of a TypeScript driver is
 * @throws OpenWskError OWSK_MISSING_IMPORT when it calls kernel functions that are not here, by their names
 */
export const loadDriverImage = (image: DriverImage, kernel: Kernel, wsk: Wsk, seed = 0): LoadedDriver => {
  const memory = image.memories.take();
  const guest = new Guest(kernel, wsk, memory, { random: seededBytes(new Random(seed)), ...image.options });
  const imports: Record<string, unknown> = { memory };
  const missing: string[] = [];
  guest.functionImports = engine.Module.imports(image.module).flatMap(({ name, kind }) =>
    kind === 'function' ? name : [],
  );
  for (const name of guest.functionImports) {
    const call = bound(guest, image, name);
    if (call === null) missing.push(name);
    else imports[name] = call;
  }
  if (missing.length > 0) throw new MissingImports(missing, image.files ?? []);
  const { exports } = new engine.Instance(image.module, { env: imports });
  guest.attach(exports as unknown as GuestExports);
  return {
    guest,
    entry: (object, path) => driverEntry(guest, object, path),
    leftBehind: () => leftBehind(guest),
    release: () => image.memories.give(memory),
    request: (request) => {
      const call = new DeviceCall(guest);
      return { run: () => call.run(request), cancel: () => call.cancel(), overdue: () => call.reportOverdue() };
    },
  };
};

export interface LoadableOptions extends GuestOptions {
  /** Functions that the kernel here does not have, by name. */
  readonly stubs?: DriverImage['stubs'];
  /** Bytes of chance for a run on a real network, which nobody may foresee. */
  readonly unforeseeable?: GuestOptions['random'];
}

/** A compiled driver for runDriver. @param options memory, fuel, functions of your own @throws as driverImage does */
export const loadableDriver = (
  wasm: Uint8Array,
  name: string,
  options: LoadableOptions = {},
): { load(kernel: Kernel, wsk: Wsk, seed: number | null): LoadedDriver } => {
  const image = driverImage(wasm, name);
  const { stubs, unforeseeable, ...rest } = options;
  return {
    load: (kernel, wsk, seed) => {
      const random = seed === null && unforeseeable !== undefined ? { random: unforeseeable } : {};
      // A driver on a real network runs for as long as somebody lets it.
      const work = seed === null ? { work: Number.POSITIVE_INFINITY } : {};
      const whole = { ...image, options: { ...image.options, ...random, ...work, ...rest } };
      return loadDriverImage(stubs === undefined ? whole : { ...whole, stubs }, kernel, wsk, seed ?? 0);
    },
  };
};

const bound = (guest: Guest, { stubs }: DriverImage, name: string): CallableFunction | null => {
  const waiting = kernelTable.waiting[name];
  if (waiting !== undefined) return guest.fibers.suspending(name, waiting);
  const plain = stubs?.[name] ?? kernelTable.plain[name];
  return plain === undefined ? null : named(guest, name, plain);
};

/** Says for whom memory is touched: a call of the driver's. No function here has more parameters. */
const named = (guest: Guest, name: string, call: HostFunction): CallableFunction => {
  const cost = callCost(name);
  return (
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    g: number,
    h: number,
    i: number,
    j: number,
    k: number,
    l: number,
  ) => {
    guest.calling(name, cost);
    const result = call(guest, a, b, c, d, e, f, g, h, i, j, k, l);
    guest.called();
    return result;
  };
};

function* driverEntry(guest: Guest, object: DRIVER_OBJECT, path: string): KernelRoutine<number> {
  const { memory } = guest;
  guest.driverObject = guest.allocateInternal(Driver.size);
  memory.fill(guest.driverObject, Driver.size, 0);
  memory.write16(guest.driverObject + Driver.Type, 4);
  memory.write16(guest.driverObject + Driver.Size, Driver.size);
  writeUnicode(guest, guest.driverObject + Driver.DriverName, object.DriverName);
  const registryPath = guest.allocateInternal(UNICODE_STRING.size);
  writeUnicode(guest, registryPath, path);
  guest.registryPath = registryPath;
  const status = (yield* guest.calls.entry([guest.driverObject, registryPath])) | 0;
  const unload = memory.readU32(guest.driverObject + Driver.DriverUnload);
  if (unload !== 0) {
    object.DriverUnload = function* () {
      yield* guest.calls.call(unload, [guest.driverObject]);
    };
  }
  return status;
}

const writeUnicode = (guest: Guest, at: number, text: string): void => {
  const { memory } = guest;
  const buffer = guest.allocateInternal(text.length * 2 + 2);
  memory.writeWide(buffer, `${text}\0`);
  memory.write16(at + UNICODE_STRING.Length, text.length * 2);
  memory.write16(at + UNICODE_STRING.MaximumLength, text.length * 2 + 2);
  memory.write32(at + UNICODE_STRING.Buffer, buffer);
};

/** The driver calls kernel functions that are not here. */
export class MissingImports extends OpenWskError {
  readonly names: readonly string[];
  /** The driver's sources. */
  readonly files: readonly string[];

  constructor(names: readonly string[], files: readonly string[]) {
    const what = names.length === 1 ? 'a kernel function that is' : 'kernel functions that are';
    const message = `the driver calls ${what} not here: ${names.join(', ')}`;
    const advice = `give ${names.length === 1 ? 'it' : 'them'} in TypeScript: --stubs FILE.ts that exports ${names[0]}`;
    super('OWSK_MISSING_IMPORT', `${message}; ${advice}${names.length === 1 ? '' : ' and the rest'}`, 'driver');
    this.names = names;
    this.files = files;
  }
}
