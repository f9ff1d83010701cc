import { AF_INET, AF_INET6, type SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6 } from '../../base/index.ts';
import type { UdpAddress } from '../../tcpip/index.ts';

/** Between SOCKADDR, with the two families as WSK sees them, and the stack's words. */
export interface NetAddress {
  readonly version: 4 | 6;
  /** null for the wildcard. */
  readonly words: Int32Array | null;
}

const MAPPED = 0x0000ffff; // ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2)

/** IPv4-mapped addresses are read as IPv4. @param words four, for the result: its own unless it is soon forgotten */
export const netAddress = (address: SOCKADDR, words: Int32Array = new Int32Array(4)): NetAddress => {
  const { address: bytes } = address;
  words[0] = words[1] = words[2] = words[3] = 0;
  if (address.sa_family === AF_INET) {
    words[0] = (bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    return { version: 4, words: words[0] === 0 ? null : words };
  }
  for (let i = 0; i < bytes.length; i++) words[i >> 2] |= bytes[i] << (24 - 8 * (i & 3));
  if (words.every((word) => word === 0)) return { version: 6, words: null };
  if (words[0] === 0 && words[1] === 0 && words[2] === MAPPED)
    return { version: 4, words: Int32Array.of(words[3], 0, 0, 0) };
  return { version: 6, words };
};

/** The address as an endpoint of `family` shows it; IPv4 on an IPv6 endpoint is mapped. */
export const sockaddrOf = (family: number, version: 4 | 6, words: Int32Array, port: number): SOCKADDR => {
  const bytes = new Uint8Array(family === AF_INET6 ? 16 : 4);
  const source = family === AF_INET6 && version === 4 ? [0, 0, MAPPED, words[0]] : words;
  for (let i = 0; i < bytes.length; i++) bytes[i] = (source[i >> 2] >>> (24 - 8 * (i & 3))) & 0xff;
  return family === AF_INET6 ? new SOCKADDR_IN6(bytes, port) : new SOCKADDR_IN(bytes, port);
};

/** Where a datagram goes, as the stack takes it; filled anew for each. */
export class Destination implements UdpAddress {
  version: 4 | 6 = 4;
  readonly words = new Int32Array(4);
  port = 0;

  set(to: SOCKADDR): this {
    const { words } = this;
    const { address } = to;
    words.fill(0);
    for (let i = 0; i < address.length; i++) words[i >> 2] |= address[i] << (24 - 8 * (i & 3));
    const isMapped = to.sa_family === AF_INET6 && words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
    if (isMapped) words.set([words[3], 0, 0, 0]);
    this.version = to.sa_family === AF_INET || isMapped ? 4 : 6;
    this.port = to.port;
    return this;
  }
}

/** Writes an address over another of the endpoint's family, as `sockaddrOf` shows it. */
export const fillSockaddr = (into: SOCKADDR, version: 4 | 6, words: Int32Array, port: number): void => {
  const { address } = into;
  const isMapped = into.sa_family === AF_INET6 && version === 4;
  for (let i = 0; i < address.length; i++) {
    const word = isMapped ? (i < 8 ? 0 : i < 12 ? MAPPED : words[0]) : words[i >> 2];
    address[i] = (word >>> (24 - 8 * (i & 3))) & 0xff;
  }
  if (into.sa_family === AF_INET) into.sin_port = port;
  else into.sin6_port = port;
};
