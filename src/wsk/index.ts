/** What is public of WSK. Everything else is imported from its own file, and only from within. */
export * from './constants.ts';
export { type ControlMessage, readControlInfo } from './control-info.ts';
export { earlyDataOf } from './early-data.ts';
export { bindNetio, type Netio, netio } from './exports.ts';
export {
  WskCaptureProviderNPI,
  WskDeregister,
  WskQueryProviderCharacteristics,
  WskRegister,
  WskReleaseProviderNPI,
} from './registration.ts';
export * from './structures.ts';
export type {
  DatagramEndpoint,
  DatagramEvents,
  DatagramLease,
  DatagramOption,
  EarlyData,
  Endpoint,
  Gather,
  InspectAction,
  Lease,
  Scatter,
  StreamEndpoint,
  StreamEvents,
  StreamOption,
  Transport,
  TransportCapability,
  TransportOp,
} from './transport.ts';
export { ULONG } from './ulong.ts';
export { pendAlways, Wsk, type WskPolicy } from './wsk.ts';
