/**
 * openwsk/sim: machines, clocks (virtual and real) and traces. A machine is a kernel, its WSK and a transport; several
 * live in one process. There is no simulated network yet: `openwsk/host` gives machines on the system's.
 */
export * from '../sim/index.ts';
export * from '../time/index.ts';
export * from '../trace/index.ts';
