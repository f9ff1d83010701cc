import { datagramExports } from '../wsk/datagram-exports.ts';
import { wskExports } from '../wsk/wsk-exports.ts';
import { asanExports } from './asan-exports.ts';
import { buildRequestExports } from './build-request-exports.ts';
import { callDriverExports } from './call-driver-exports.ts';
import { cryptoCipherExports } from './crypto-cipher-exports.ts';
import { cryptoHashExports } from './crypto-hash-exports.ts';
import { csqExports } from './csq-exports.ts';
import { debugExports } from './debug-exports.ts';
import { deviceExports } from './device-exports.ts';
import { eventExports } from './event-exports.ts';
import { eventObjectExports } from './event-object-exports.ts';
import { exTimerExports } from './ex-timer-exports.ts';
import type { ExportTable } from './export-table.ts';
import { fastMutexExports } from './fast-mutex-exports.ts';
import { ioExports } from './io-exports.ts';
import { irpExports } from './irp-exports.ts';
import { lockExports } from './lock-exports.ts';
import { mdlExports } from './mdl-exports.ts';
import { memoryExports } from './memory-exports.ts';
import { mutexExports } from './mutex-exports.ts';
import { poolExports } from './pool-exports.ts';
import { processExports } from './process-exports.ts';
import { pushLockExports } from './push-lock-exports.ts';
import { regionExports } from './region-exports.ts';
import { registryExports } from './registry-exports.ts';
import { removeLockExports } from './remove-lock-exports.ts';
import { resourceExports } from './resource-exports.ts';
import { rtlRegistryExports } from './rtl-registry-exports.ts';
import { rundownExports } from './rundown-exports.ts';
import { semaphoreExports } from './semaphore-exports.ts';
import { sharedSpinLockExports } from './shared-spin-lock-exports.ts';
import { systemExports } from './system-exports.ts';
import { threadExports } from './thread-exports.ts';
import { timerExports } from './timer-exports.ts';
import { variantExports } from './variant-exports.ts';
import { waitExports } from './wait-exports.ts';
import { workItemExports } from './work-item-exports.ts';

const tables: readonly ExportTable[] = [
  asanExports,
  poolExports,
  irpExports,
  mdlExports,
  eventExports,
  threadExports,
  lockExports,
  timerExports,
  debugExports,
  deviceExports,
  fastMutexExports,
  mutexExports,
  pushLockExports,
  regionExports,
  removeLockExports,
  resourceExports,
  rundownExports,
  semaphoreExports,
  sharedSpinLockExports,
  waitExports,
  workItemExports,
  buildRequestExports,
  callDriverExports,
  csqExports,
  eventObjectExports,
  ioExports,
  cryptoCipherExports,
  cryptoHashExports,
  exTimerExports,
  memoryExports,
  processExports,
  registryExports,
  systemExports,
  rtlRegistryExports,
  variantExports,
  wskExports,
  datagramExports,
];

/** Everything that a driver can import, by name. */
export const kernelTable: ExportTable = {
  plain: Object.assign({}, ...tables.map(({ plain }) => plain)),
  waiting: Object.assign({}, ...tables.map(({ waiting }) => waiting)),
};

/** The imports that may suspend their caller: asyncify's list. Sorted, as it is part of what a compiled driver is. */
export const suspendingImports: readonly string[] = Object.keys(kernelTable.waiting).sort();

export * from './export-table.ts';
