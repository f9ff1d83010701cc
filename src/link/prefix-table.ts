import { AF_INET6, OpenWskError, type SOCKADDR, sockaddrFromHost } from '../base/index.ts';

/** An address as four words in host order; IPv4 uses the first alone and leaves the rest 0. */
export interface AddressWords {
  readonly version: 4 | 6;
  readonly words: Int32Array;
}

export const addressWords = (address: SOCKADDR): AddressWords => {
  const words = new Int32Array(4);
  const bytes = address.address;
  for (let i = 0; i < bytes.length; i++) words[i >> 2] |= bytes[i] << (24 - 8 * (i & 3));
  return { version: address.sa_family === AF_INET6 ? 6 : 4, words };
};

/** An address from its numeric text. @throws OpenWskError OWSK_INVALID_ADDRESS */
export const parseAddress = (text: string, field = 'address'): AddressWords => {
  const address = sockaddrFromHost(text, 0);
  if (address === null) {
    throw new OpenWskError('OWSK_INVALID_ADDRESS', `"${text}" is not an address like 10.0.0.1 or fd00::1`, field);
  }
  return addressWords(address);
};

interface Entry<T> {
  readonly version: 4 | 6;
  readonly words: Int32Array;
  readonly bits: number;
  readonly value: T;
}

/** Longest-prefix match over a short list, the longest first. */
export class PrefixTable<T> {
  private readonly entries: Entry<T>[] = [];

  /** @param prefix such as 10.0.0.0/8, fd00::/16 or, for one address, without a length; `default` is both /0 */
  add(prefix: string, value: T): void {
    if (prefix === 'default') {
      this.add('0.0.0.0/0', value);
      this.add('::/0', value);
      return;
    }
    const slash = prefix.indexOf('/');
    const { version, words } = parseAddress(slash < 0 ? prefix : prefix.slice(0, slash), 'prefix');
    const most = version === 4 ? 32 : 128;
    const bits = slash < 0 ? most : /^\d{1,3}$/.test(prefix.slice(slash + 1)) ? Number(prefix.slice(slash + 1)) : -1;
    if (bits < 0 || bits > most) {
      throw new OpenWskError('OWSK_INVALID_ADDRESS', `"${prefix}" has no prefix length from 0 to ${most}`, 'prefix');
    }
    const index = this.entries.findIndex((entry) => entry.bits < bits);
    this.entries.splice(index < 0 ? this.entries.length : index, 0, { version, words, bits, value });
  }

  find(version: 4 | 6, words: ArrayLike<number>): T | null {
    for (const entry of this.entries) {
      if (entry.version === version && matches(entry.words, words, entry.bits)) return entry.value;
    }
    return null;
  }
}

const matches = (prefix: Int32Array, words: ArrayLike<number>, bits: number): boolean => {
  let at = 0;
  for (; bits >= 32; bits -= 32, at++) if (prefix[at] !== (words[at] | 0)) return false;
  return bits === 0 || (prefix[at] ^ words[at]) >>> (32 - bits) === 0;
};
