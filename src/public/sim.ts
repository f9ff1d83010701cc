/** openwsk/sim: machines and virtual time. */
export * from '../sim/index.ts';
export * from '../time/index.ts';
export * from '../trace/index.ts';
