/**
 * openwsk/driver: drivers in C and C++. Node only: it finds compilers and keeps results.
 * @example
 * const { wasm } = await compileDriver({ inputs: ['driver.c'], includeDirs: [], defines: [], kasan: true, suspending: suspendingImports });
 * const outcome = await runDriver(loadableDriver(wasm, 'driver.c'), { peers: [parsePeer('echo')] });
 */
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
  loadableDriver,
  suspendingImports,
} from '../driver/index.ts';
