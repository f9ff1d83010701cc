export * from './crypto-provider.ts';
export * from './device-request.ts';
export * from './driver-module.ts';
export { type HostFunction, kernelTable, suspendingImports } from './exports/index.ts';
export type { Guest } from './guest.ts';
export type { GuestOptions } from './guest-options.ts';
export * from './host-services.ts';
export type { LeftBehind } from './left-behind.ts';
export * from './line-table.ts';
export {
  type DriverImage,
  driverImage,
  type LoadableOptions,
  type LoadedDriver,
  loadableDriver,
  loadDriverImage,
  MissingImports,
  type SentRequest,
} from './load.ts';
export type { HostValue, RegistryContents } from './registry.ts';
export * from './shadow-layout.ts';
