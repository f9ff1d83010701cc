export * from './device-request.ts';
export * from './driver-module.ts';
export { type HostFunction, kernelTable, suspendingImports } from './exports/index.ts';
export type { Guest, GuestOptions } from './guest.ts';
export type { LeftBehind } from './left-behind.ts';
export * from './line-table.ts';
export { type DriverImage, driverImage, type LoadedDriver, loadDriverImage, type SentRequest } from './load.ts';
export * from './shadow-layout.ts';
