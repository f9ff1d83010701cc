export * from './machine.ts';
export * from './network-port.ts';
export * from './simulated-machine.ts';
export * from './simulation.ts';
