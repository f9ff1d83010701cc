import { sockaddrSize } from '../../base/index.ts';
import type { Ref } from '../../kernel/index.ts';
import type { ADDRINFOEXW, UNICODE_STRING_OUT } from '../../wsk/index.ts';
import type { Guest } from '../guest.ts';
import { ADDRINFOEXW as Info, UNICODE_STRING } from '../layout.ts';
import { writeSockaddr } from './arguments.ts';

/** Lists of WskGetAddressInfo in a driver's memory: a block for each member, with its address and name behind it. */
export class AddressLists {
  private readonly guest: Guest;
  private readonly lists = new Map<number, ADDRINFOEXW>();
  /** Where the driver asked for each. */
  private readonly makers = new Map<number, Error>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** Hints: the first four members of an ADDRINFOEXW; null for NULL. */
  hintsAt(address: number): ADDRINFOEXW | null {
    if (address === 0) return null;
    const { memory } = this.guest;
    return {
      ai_flags: memory.read32(address + Info.ai_flags),
      ai_family: memory.read32(address + Info.ai_family),
      ai_socktype: memory.read32(address + Info.ai_socktype),
      ai_protocol: memory.read32(address + Info.ai_protocol),
      ai_canonname: null,
      ai_addr: null,
      ai_next: null,
    };
  }

  /** The PADDRINFOEXW * that a call writes its list to. */
  resultAt(address: number): Ref<ADDRINFOEXW | null> {
    const { guest } = this;
    const where = guest.places.here();
    guest.lending = [{ address, size: 4, what: 'the result' }];
    const write = (list: ADDRINFOEXW | null): void => {
      const at = list === null ? 0 : this.write(list);
      if (at !== 0) this.makers.set(at, where);
      guest.memory.write32(address, at);
    };
    let result: ADDRINFOEXW | null = null;
    return {
      get value() {
        return result;
      },
      set value(list: ADDRINFOEXW | null) {
        result = list;
        write(list);
      },
    };
  }

  /** Takes a list back. @returns it, or null when there is none at this address */
  release(address: number): ADDRINFOEXW | null {
    const list = this.lists.get(address) ?? null;
    if (list === null) return null;
    this.lists.delete(address);
    this.makers.delete(address);
    const { memory, pool } = this.guest;
    for (let at = address; at !== 0; ) {
      const next = memory.readU32(at + Info.ai_next);
      pool.release(at, this.guest.places.here());
      at = next;
    }
    return list;
  }

  /** Lists that were not given back: where the driver asked for each. */
  get all(): (Error | null)[] {
    return [...this.lists.keys()].map((address) => this.makers.get(address) ?? null);
  }

  private write(list: ADDRINFOEXW): number {
    const blocks: number[] = [];
    for (let entry: ADDRINFOEXW | null = list; entry !== null; entry = entry.ai_next) blocks.push(this.member(entry));
    for (let i = 1; i < blocks.length; i++) this.guest.memory.write32(blocks[i - 1] + Info.ai_next, blocks[i]);
    this.lists.set(blocks[0], list);
    return blocks[0];
  }

  private member({ ai_flags, ai_family, ai_socktype, ai_protocol, ai_canonname, ai_addr }: ADDRINFOEXW): number {
    const { memory, pool } = this.guest;
    const length = sockaddrSize(ai_addr!.sa_family);
    const nameAt = Info.size + length;
    const address = pool.allocate(
      nameAt + (ai_canonname === null ? 0 : ai_canonname.length * 2 + 2),
      'object',
      'ADDRINFOEXW',
    );
    if (address === 0) return this.guest.allocateInternal(nameAt);
    memory.fill(address, Info.size, 0);
    memory.write32(address + Info.ai_flags, ai_flags);
    memory.write32(address + Info.ai_family, ai_family);
    memory.write32(address + Info.ai_socktype, ai_socktype);
    memory.write32(address + Info.ai_protocol, ai_protocol);
    memory.write32(address + Info.ai_addrlen, length);
    memory.write32(address + Info.ai_addr, address + Info.size);
    writeSockaddr(this.guest, address + Info.size, ai_addr!);
    if (ai_canonname !== null) {
      memory.writeWide(address + nameAt, `${ai_canonname}\0`);
      memory.write32(address + Info.ai_canonname, address + nameAt);
    }
    return address;
  }
}

/** A UNICODE_STRING that a call writes; null for NULL. */
export const unicodeOut = (guest: Guest, address: number): UNICODE_STRING_OUT | null =>
  address === 0
    ? null
    : {
        assign: (text) => {
          const { memory } = guest;
          if (text.length * 2 > memory.read16(address + UNICODE_STRING.MaximumLength)) return false;
          memory.writeWide(memory.readU32(address + UNICODE_STRING.Buffer), text);
          memory.write16(address + UNICODE_STRING.Length, text.length * 2);
          return true;
        },
      };
