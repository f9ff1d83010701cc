import { wskExports } from '../wsk/wsk-exports.ts';
import { asanExports } from './asan-exports.ts';
import { debugExports } from './debug-exports.ts';
import { deviceExports } from './device-exports.ts';
import { eventExports } from './event-exports.ts';
import type { ExportTable } from './export-table.ts';
import { irpExports } from './irp-exports.ts';
import { lockExports } from './lock-exports.ts';
import { mdlExports } from './mdl-exports.ts';
import { poolExports } from './pool-exports.ts';
import { threadExports } from './thread-exports.ts';
import { timerExports } from './timer-exports.ts';

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
  wskExports,
];

/** Everything that a driver can import, by name. */
export const kernelTable: ExportTable = {
  plain: Object.assign({}, ...tables.map(({ plain }) => plain)),
  waiting: Object.assign({}, ...tables.map(({ waiting }) => waiting)),
};

/** The imports that may suspend their caller: asyncify's list. Sorted, as it is part of what a compiled driver is. */
export const suspendingImports: readonly string[] = Object.keys(kernelTable.waiting).sort();

export * from './export-table.ts';
