import { Random } from '../../../src/base/index.ts';
import type { Guest } from '../../../src/driver/index.ts';
import { IRP as Irp } from '../../../src/driver/layout.ts';
import { targets } from './module.ts';

/** Calls of one run: most end sooner, in a bug check. */
const CALLS_A_RUN = 40;

/** Memory that the module may use. */
const MEMORY = 0x10000;
const WORDS = 0x4000;

/** Numbers that mean something to somebody: flags, sizes, statuses, places of memory, functions (1 to 3). */
const INTERESTING = [
  ...[0, 1, 2, 3, 4, 6, 7, 16, 17, 0x40, 0x103, 0x200, 0xffff],
  ...[0x10000, 0x10010, 0x18000, 0x1fff8, 0x20000],
];

/** Where a run that wants a socket has its WSK_CLIENT_NPI, WSK_REGISTRATION, provider NPI, callbacks and address. */
const Place = {
  npi: 0x11000,
  table: 0x11100,
  registration: 0x11200,
  provider: 0x11300,
  calls: 0x11400,
  address: 0x11500,
};

/** The functions of the provider's and the sockets' dispatch tables, and those that lead to them. */
const wsk = targets.flatMap((name, index) => (/^Wsk/.test(name) ? [index] : []));

type Step = (guest: Guest) => readonly [call: string, ...parameters: number[]];

/** Gets a socket as a driver does: registers, captures the provider, makes an IRP, calls WskSocket. */
const socketSteps = (random: Random): Step[] => [
  ({ memory }) => {
    memory.write32(Place.npi + 4, Place.table);
    memory.write32(Place.table, 0x100);
    for (let i = 0; i < 8; i++) memory.write32(Place.calls + 4 * i, 1 + random.below(3));
    memory.write32(Place.address, 2 | (random.below(3) << 24));
    return ['WskRegister', Place.npi, Place.registration];
  },
  () => ['WskCaptureProviderNPI', Place.registration, 0, Place.provider],
  () => ['IoAllocateIrp', 1 + random.below(3), 0],
  ({ irps }) => ['IoSetCompletionRoutine', irps.all[0]?.address ?? 0, random.below(4), 0, 1, 1, 1],
  ({ irps, memory }) => {
    const client = memory.readU32(Place.provider);
    const [flags, calls] = [[2, 4, 8, 1][random.below(4)], random.chance(0.7) ? Place.calls : 0];
    return ['WskSocket', client, 2, 1, 6, flags, 0, calls, 0, 0, 0, irps.all[0]?.address ?? 0];
  },
];

/** Has the driver called back: by a thread, a DPC that a timer queues again and again, a work item. */
const callbackSteps = (random: Random): Step[] => {
  const routine = (): number => 1 + random.below(3);
  const [dpc, timer, handle, due] = [0x11600, 0x11700, 0x11800, 0x11810];
  return [
    () => ['PsCreateSystemThread', handle, 0, 0, 0, 0, routine(), 5],
    () => ['KeInitializeDpc', dpc, routine(), 5],
    () => ['KeInitializeTimerEx', timer, random.below(2)],
    ({ memory }) => {
      memory.write32(due, -10_000);
      memory.write32(due + 4, -1);
      return ['KeSetTimerEx', timer, due, 1 + random.below(20), dpc];
    },
    () => ['KeInsertQueueDpc', dpc, 0, 0],
  ];
};

/** What one run's module is told, by seed: many runs get a socket or callbacks first, then come random calls and stores. */
export class Script {
  /** Calls that were made, and by name those inside routines that the driver was called back with. */
  made = 0;
  readonly called = new Map<string, number>();
  callbacks = 0;
  private readonly random: Random;
  private readonly results: number[] = [];
  private readonly steps: Step[];
  private parameters: number[] = [];

  constructor(seed: number) {
    this.random = new Random(seed);
    const kinds = [[], socketSteps(this.random), callbackSteps(this.random)];
    this.steps = kinds[this.random.below(kinds.length)];
  }

  /** The number of the next function to call, negative to return. */
  next(guest: Guest): number {
    const { random, steps } = this;
    if (this.made >= CALLS_A_RUN || (steps.length === 0 && random.chance(0.02))) return -1;
    this.made++;
    if (guest.kernel.thread?.name !== 'main') this.callbacks++;
    const step = steps.shift();
    if (step === undefined) this.store(guest);
    const [name, ...parameters] = step?.(guest) ?? [this.anyTarget(guest)];
    this.parameters = parameters;
    this.called.set(name, (this.called.get(name) ?? 0) + 1);
    return targets.indexOf(name);
  }

  /** The next parameter of that call. */
  word(): number {
    const { random, results } = this;
    const planned = this.parameters.shift();
    if (planned !== undefined) return planned | 0;
    const dice = random.below(10);
    if (dice < 4 && results.length > 0) return results[random.below(results.length)] | 0;
    if (dice < 6) return INTERESTING[random.below(INTERESTING.length)];
    return dice < 9 ? MEMORY + 8 * random.below(WORDS / 2) : random.below(0x1_0000_0000) | 0;
  }

  result(value: number): void {
    if (value !== 0) this.results.push(value);
  }

  private anyTarget(guest: Guest): string {
    const { random, results } = this;
    const socket = guest.sockets.all[0]?.socket;
    if (socket === undefined) return targets[random.below(targets.length)];
    results.push(guest.pointers.addressOf(socket), guest.irps.all[0]?.address ?? 0, Place.address);
    return targets[random.chance(0.6) ? wsk[random.below(wsk.length)] : random.below(targets.length)];
  }

  /** What a driver's own code does: writes to its memory. */
  private store({ memory, irps }: Guest): void {
    const { random } = this;
    if (random.chance(0.5)) return;
    const raw = memory.raw(MEMORY, WORDS * 4);
    new DataView(raw.buffer, raw.byteOffset).setInt32(4 * random.below(WORDS), this.word(), true);
    const [irp] = irps.all;
    // An IRP that is used again is what most drivers do.
    if (irp !== undefined && random.chance(0.1)) memory.write32(irp.address + Irp.Status, 0);
  }
}
