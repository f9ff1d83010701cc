/**
 * openwsk/driver: drivers in C and C++. Node only: it finds compilers and keeps results.
 * @example
 * const { wasm } = await compileDriver({ inputs: ['driver.c'], includeDirs: [], defines: [], kasan: true, suspending: suspendingImports });
 * const outcome = await runDriver(loadableDriver(wasm, 'driver.c'), { peers: [parsePeer('echo')] });
 */
import { type LoadableOptions, loadableDriver as loadable } from '../driver/index.ts';
import { cryptographicBytes, nodeCrypto } from '../driver/node-crypto.ts';
import type { LoadableDriver } from '../sim/index.ts';

/**
 * A compiled driver for runDriver, with BCrypt.
 * @param name of the module, for messages
 * @param options functions of your own (`stubs`), the limit of branches without a wait (`fuel`), …
 * @throws OpenWskError OWSK_NOT_A_DRIVER
 */
export const loadableDriver = (wasm: Uint8Array, name: string, options: LoadableOptions = {}): LoadableDriver =>
  loadable(wasm, name, { crypto: nodeCrypto, unforeseeable: cryptographicBytes, ...options });

export {
  type CompiledDriver,
  CompileError,
  type CompileRequest,
  type CompilerChoice,
  compileDriver,
  type Diagnostic,
} from '../driver/compile/index.ts';
export {
  type DeviceAnswer,
  type DeviceRequest,
  type DriverImage,
  driverImage,
  type Guest,
  type GuestOptions,
  type HostFunction,
  IRP_MJ_CLEANUP,
  IRP_MJ_CLOSE,
  IRP_MJ_CREATE,
  IRP_MJ_DEVICE_CONTROL,
  IRP_MJ_READ,
  IRP_MJ_WRITE,
  type LoadableOptions,
  suspendingImports,
} from '../driver/index.ts';
