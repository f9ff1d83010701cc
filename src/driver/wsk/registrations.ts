import type { WSK_CLIENT, WSK_CLIENT_NPI } from '../../wsk/index.ts';
import { WSK_REGISTRATION } from '../../wsk/index.ts';
import type { Guest } from '../guest.ts';
import { WSK_CLIENT_DISPATCH as Dispatch, WSK_CLIENT_NPI as Npi, WSK_REGISTRATION as Registration } from '../layout.ts';
import type { Loan } from '../lent-memory.ts';
import { mostObjects, tooMany } from '../object-limit.ts';

const MOST_REGISTRATIONS = 1000;

/** A driver's registrations with WSK, by the addresses of their WSK_REGISTRATIONs, and the PWSK_CLIENTs it was given. */
export class Registrations {
  private readonly guest: Guest;
  private readonly registrations = new Map<number, WSK_REGISTRATION>();
  private readonly makers = new Map<number, Error>();
  /** What WSK goes on using until WskDeregister. */
  private readonly loans = new Map<number, Loan>();
  private readonly clients = new Map<number, WSK_CLIENT>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** The registration at an address, made if there is none: unregistered, it refuses what needs one. */
  at(address: number, call: string): WSK_REGISTRATION {
    this.guest.memory.check(address, Registration.size, true, call);
    let registration = this.registrations.get(address);
    if (registration === undefined) {
      registration = new WSK_REGISTRATION();
      this.registrations.set(address, registration);
      if (this.registrations.size > mostObjects(this.guest.memory)) tooMany(this.guest.kernel, 'WSK registrations');
    }
    return registration;
  }

  /** R28: what WSK goes on using until WskDeregister. */
  registered(address: number, npi: number): void {
    const { guest } = this;
    const table = guest.memory.readU32(npi + Npi.Dispatch);
    const where = guest.places.here();
    this.makers.set(address, where);
    const pieces = [
      { address, size: Registration.size, what: 'the WSK_REGISTRATION' },
      { address: table, size: 8, what: 'the WSK_CLIENT_DISPATCH' },
    ].filter((piece) => guest.pool.mayBeFreed(piece.address));
    if (pieces.length > 0) this.loans.set(address, guest.lent.lend(pieces, 'a registration', 'R28', where));
  }

  /** One that registers in a loop is told that there is no memory. */
  get isFull(): boolean {
    return this.registrations.size >= MOST_REGISTRATIONS;
  }

  /** Where the driver has registered without deregistering. */
  get all(): Error[] {
    return [...this.makers.values()];
  }

  delete(address: number): void {
    const loan = this.loans.get(address);
    if (loan !== undefined) this.guest.lent.takeBack(loan);
    this.loans.delete(address);
    this.makers.delete(address);
    this.registrations.delete(address);
  }

  /** A WSK_CLIENT_NPI, whose dispatch table is read when it is asked. */
  npiAt(address: number): WSK_CLIENT_NPI {
    const { memory } = this.guest;
    const table = memory.readU32(address + Npi.Dispatch);
    return {
      ClientContext: memory.readU32(address + Npi.ClientContext),
      Dispatch: {
        get Version() {
          return memory.read16(table + Dispatch.Version);
        },
        get Reserved() {
          return memory.read16(table + Dispatch.Reserved) as 0;
        },
        WskClientEvent: null,
      },
    };
  }

  /** The PWSK_CLIENT for a captured provider. */
  addressOf(client: WSK_CLIENT): number {
    const known = this.guest.pointers.known(client);
    if (known !== 0) return known;
    const address = this.guest.pool.allocate(8, 'object', 'WSK_CLIENT');
    this.guest.pointers.name(client, address);
    this.clients.set(address, client);
    return address;
  }

  /** The client behind a PWSK_CLIENT; null for NULL and for what is none. */
  clientAt(address: number): WSK_CLIENT | null {
    return this.clients.get(address) ?? null;
  }
}
