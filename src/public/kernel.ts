/**
 * openwsk/kernel: IRPs, MDLs, events, threads, timers, DPCs and bug checks.
 *
 * The functions here take their Kernel first; a machine has them without that parameter, as drivers call them:
 * `machine.run(function* (nt) { const Irp = nt.IoAllocateIrp(1, false); … })`.
 */
export * from '../kernel/index.ts';
