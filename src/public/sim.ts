/**
 * openwsk/sim: simulated networks of machines, driver runs and sweeps, clocks (virtual and real) and traces. A machine is
 * a kernel, its WSK and a transport; several live in one process. `openwsk/host` has machines on the system's network.
 */
export * from '../sim/index.ts';
export * from '../time/index.ts';
export * from '../trace/index.ts';
