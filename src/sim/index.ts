export { parseRequest, type RequestSpec } from './applications.ts';
export * from './determinism.ts';
export * from './driver-run.ts';
export * from './machine.ts';
export * from './network-port.ts';
export * from './peer-kinds.ts';
export * from './simulated-machine.ts';
export * from './simulation.ts';
