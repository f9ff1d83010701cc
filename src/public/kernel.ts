/** openwsk/kernel: IRPs, MDLs, events, threads, timers, DPCs and bug checks. */
export * from '../kernel/index.ts';
