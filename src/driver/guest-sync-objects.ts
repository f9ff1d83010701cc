import { KMUTANT, KSEMAPHORE } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import { DISPATCHER_HEADER as Header, KMUTANT as Mutant, KSEMAPHORE as Semaphore } from './layout.ts';

/** KSEMAPHORE in a driver's memory: the state is kept here and shown there. */
export class GuestSemaphore extends KSEMAPHORE {
  private readonly guest: Guest;
  private readonly address: number;

  constructor(guest: Guest, address: number) {
    super();
    this.guest = guest;
    this.address = address;
  }
  protected override stateChanged(): void {
    const { memory } = this.guest;
    memory.write32(this.address + Header.SignalState, this.signalState);
    memory.write32(this.address + Semaphore.Limit, this.limit);
  }
}

/** KMUTANT in a driver's memory. */
export class GuestMutex extends KMUTANT {
  private readonly guest: Guest;
  private readonly address: number;

  constructor(guest: Guest, address: number) {
    super();
    this.guest = guest;
    this.address = address;
  }
  protected override stateChanged(): void {
    const { memory } = this.guest;
    memory.write32(this.address + Header.SignalState, this.signalState);
    memory.write32(this.address + Mutant.OwnerThread, this.owner === null ? 0 : this.guest.pointers.known(this.owner));
  }
}
