import ipaddr from 'ipaddr.js';
import { OpenWskError } from './errors.ts';

/** No family yet (ws2def.h). */
export const AF_UNSPEC = 0;
/** IPv4. */
export const AF_INET = 2;
/** IPv6: 23 on Windows, not 10 as on Linux. */
export const AF_INET6 = 23;
export type ADDRESS_FAMILY = number;

/** Where a function writes an address (PSOCKADDR as an output): SOCKADDR_IN, SOCKADDR_IN6 or SOCKADDR_STORAGE. */
export interface SockaddrOut {
  /** Copies an address in. @throws OpenWskError OWSK_INVALID_ADDRESS where only the other family fits */
  assign(from: SOCKADDR): void;
}

/**
 * SOCKADDR of either family. `sa_family` tells which; `port` (a number, host byte order) and `address` (bytes, network
 * order) read the same of both. Source: ws2def.h, ws2ipdef.h.
 */
export type SOCKADDR = SOCKADDR_IN | SOCKADDR_IN6;

/**
 * SOCKADDR_IN (ws2def.h). Unlike in C, the port is a number in host byte order: no htons. `sockaddrToBytes` writes
 * network order.
 * @example new SOCKADDR_IN('10.0.0.2', 7)
 */
export class SOCKADDR_IN implements SockaddrOut {
  readonly sin_family = AF_INET;
  /** Host byte order, 0 to 65,535. */
  sin_port: number;
  /** Four bytes, network order. */
  readonly sin_addr: Uint8Array;

  /**
   * @param sin_addr `10.0.0.2`, or four bytes in network order; the wildcard address by default
   * @param sin_port host byte order; 0 leaves the choice to the system
   * @throws OpenWskError OWSK_INVALID_ADDRESS
   */
  constructor(sin_addr: string | Uint8Array = '0.0.0.0', sin_port = 0) {
    this.sin_addr = addressBytes(sin_addr, 4);
    this.sin_port = checkedPort(sin_port);
  }

  get sa_family(): typeof AF_INET {
    return AF_INET;
  }
  get port(): number {
    return this.sin_port;
  }
  get address(): Uint8Array {
    return this.sin_addr;
  }
  assign(from: SOCKADDR): void {
    if (!(from instanceof SOCKADDR_IN)) throw familyMismatch('SOCKADDR_IN');
    this.sin_port = from.sin_port;
    this.sin_addr.set(from.sin_addr);
  }
  toString(): string {
    return formatSockaddr(this);
  }
}

/**
 * SOCKADDR_IN6 (ws2ipdef.h), with the port in host byte order as in SOCKADDR_IN.
 * @example new SOCKADDR_IN6('fe80::1', 7, 3)
 */
export class SOCKADDR_IN6 implements SockaddrOut {
  readonly sin6_family = AF_INET6;
  /** Host byte order, 0 to 65,535. */
  sin6_port: number;
  /** Flow label and traffic class, unused here. */
  sin6_flowinfo = 0;
  /** Sixteen bytes, network order. */
  readonly sin6_addr: Uint8Array;
  /** Index of the interface for link-local addresses, else 0. */
  sin6_scope_id: number;

  /**
   * @param sin6_addr `fd00::2`, or sixteen bytes in network order; the wildcard address by default
   * @param sin6_port host byte order; 0 leaves the choice to the system
   * @throws OpenWskError OWSK_INVALID_ADDRESS
   */
  constructor(sin6_addr: string | Uint8Array = '::', sin6_port = 0, sin6_scope_id = 0) {
    this.sin6_addr = addressBytes(sin6_addr, 16);
    this.sin6_port = checkedPort(sin6_port);
    this.sin6_scope_id = checkedScope(sin6_scope_id);
  }

  get sa_family(): typeof AF_INET6 {
    return AF_INET6;
  }
  get port(): number {
    return this.sin6_port;
  }
  get address(): Uint8Array {
    return this.sin6_addr;
  }
  assign(from: SOCKADDR): void {
    if (!(from instanceof SOCKADDR_IN6)) throw familyMismatch('SOCKADDR_IN6');
    this.sin6_port = from.sin6_port;
    this.sin6_flowinfo = from.sin6_flowinfo;
    this.sin6_addr.set(from.sin6_addr);
    this.sin6_scope_id = from.sin6_scope_id;
  }
  toString(): string {
    return formatSockaddr(this);
  }
}

/** Room for an address of either family (SOCKADDR_STORAGE); `address` is null until something was written. */
export class SOCKADDR_STORAGE implements SockaddrOut {
  address: SOCKADDR | null = null;

  /** AF_UNSPEC until something was written. */
  get ss_family(): ADDRESS_FAMILY {
    return this.address === null ? AF_UNSPEC : this.address.sa_family;
  }
  assign(from: SOCKADDR): void {
    this.address = copySockaddr(from);
  }
}

/** An address of its own with the same contents. */
export const copySockaddr = (from: SOCKADDR): SOCKADDR => {
  const copy = from.sa_family === AF_INET ? new SOCKADDR_IN() : new SOCKADDR_IN6();
  copy.assign(from);
  return copy;
};

/** The wildcard address of a family with port 0. */
export const wildcardSockaddr = (family: ADDRESS_FAMILY): SOCKADDR =>
  family === AF_INET6 ? new SOCKADDR_IN6() : new SOCKADDR_IN();

/** Whether the address is 0.0.0.0 or ::, whatever the port. */
export const isWildcard = (address: SOCKADDR): boolean => address.address.every((byte) => byte === 0);

/** `10.0.0.1:80` or `[fd00::1]:80`; a scope id follows the address as `%3`. */
export const formatSockaddr = (address: SOCKADDR): string => {
  const host = ipaddr.fromByteArray([...address.address]).toString();
  if (address.sa_family === AF_INET) return `${host}:${address.port}`;
  const scope = address.sin6_scope_id === 0 ? '' : `%${address.sin6_scope_id}`;
  return `[${host}${scope}]:${address.port}`;
};

/**
 * Reads `1.2.3.4:80` or `[::1]:80`, the address in numbers only.
 * @throws OpenWskError OWSK_INVALID_ADDRESS
 */
export const parseSockaddr = (text: string): SOCKADDR => {
  const match = /^(?:\[([^\]%]+)(?:%(\d+))?\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[4]);
  if (match === null || port > 65535) throw invalid(text, 'an address and a port, like 127.0.0.1:7 or [::1]:7');
  if (match[3] !== undefined && /[a-z]/i.test(match[3])) throw unresolved(match[3]);
  return match[1] === undefined
    ? new SOCKADDR_IN(match[3], port)
    : new SOCKADDR_IN6(match[1], port, Number(match[2] ?? 0));
};

/**
 * An address of either family from its numeric text (`fe80::1%3` too).
 * @param port host byte order
 * @returns null when the text is no numeric address (a host name, say)
 * @throws OpenWskError OWSK_INVALID_ADDRESS for a port out of range
 */
export const sockaddrFromHost = (host: string, port: number): SOCKADDR | null => {
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return new SOCKADDR_IN(host, port);
  const [, address, scope] = /^([^%]+)(?:%(\d+))?$/.exec(host) ?? [];
  if (address === undefined || !isIpv6(address) || Number(scope ?? 0) > 0xffff_ffff) return null;
  return new SOCKADDR_IN6(address, port, Number(scope ?? 0));
};

/** Sizes in bytes of SOCKADDR_IN and SOCKADDR_IN6 on Windows. */
export const sockaddrSize = (family: ADDRESS_FAMILY): number => (family === AF_INET6 ? 28 : 16);

/**
 * Writes an address in Windows' layout: family and scope id little-endian, port and address in network order.
 * @param into room for at least `sockaddrSize` bytes from `at` on
 * @returns bytes written: 16 or 28
 */
export const sockaddrToBytes = (address: SOCKADDR, into: Uint8Array, at = 0): number => {
  const size = sockaddrSize(address.sa_family);
  into.fill(0, at, at + size);
  into[at] = address.sa_family;
  into[at + 2] = address.port >> 8;
  into[at + 3] = address.port & 0xff;
  if (address.sa_family === AF_INET) {
    into.set(address.sin_addr, at + 4);
    return size;
  }
  writeUint32(into, at + 4, address.sin6_flowinfo);
  into.set(address.sin6_addr, at + 8);
  writeUint32(into, at + 24, address.sin6_scope_id);
  return size;
};

/** Reads Windows' layout; null when the family is neither AF_INET nor AF_INET6 or the bytes are too few. */
export const sockaddrFromBytes = (bytes: Uint8Array): SOCKADDR | null => {
  if (bytes.length < 16) return null;
  const family = bytes[0] | (bytes[1] << 8);
  const port = (bytes[2] << 8) | bytes[3];
  if (family === AF_INET) return new SOCKADDR_IN(bytes.slice(4, 8), port);
  if (family !== AF_INET6 || bytes.length < 28) return null;
  const address = new SOCKADDR_IN6(bytes.slice(8, 24), port, readUint32(bytes, 24));
  address.sin6_flowinfo = readUint32(bytes, 4);
  return address;
};

const writeUint32 = (into: Uint8Array, at: number, value: number): void => {
  for (let i = 0; i < 4; i++) into[at + i] = (value >>> (8 * i)) & 0xff;
};

const readUint32 = (from: Uint8Array, at: number): number =>
  (from[at] | (from[at + 1] << 8) | (from[at + 2] << 16) | (from[at + 3] << 24)) >>> 0;

const addressBytes = (from: string | Uint8Array, size: 4 | 16): Uint8Array => {
  // The wildcard address, which most new addresses begin with.
  if (from === '0.0.0.0' || from === '::') from = new Uint8Array(from === '::' ? 16 : 4);
  if (typeof from !== 'string') {
    if (from.length !== size) throw invalid(`${from.length} bytes`, `${size} bytes in network order`);
    return new Uint8Array(from);
  }
  const valid = size === 4 ? ipaddr.IPv4.isValidFourPartDecimal(from) : isIpv6(from);
  if (!valid) throw invalid(from, size === 4 ? 'an IPv4 address like 10.0.0.1' : 'an IPv6 address like fd00::1');
  return Uint8Array.from(ipaddr.parse(from).toByteArray());
};

/** ipaddr.js takes a scope behind the address and loses it: here a scope is an argument of its own. */
const isIpv6 = (text: string): boolean => !text.includes('%') && ipaddr.IPv6.isValid(text);

const checkedScope = (scope: number): number => {
  if (scope !== scope >>> 0) throw invalid(String(scope), 'a scope id from 0 to 4294967295');
  return scope;
};

const checkedPort = (port: number): number => {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw invalid(String(port), 'a port from 0 to 65535');
  return port;
};

const invalid = (got: string, want: string): OpenWskError =>
  new OpenWskError('OWSK_INVALID_ADDRESS', `"${got}" is not ${want}`, 'address');

const unresolved = (name: string): OpenWskError =>
  new OpenWskError(
    'OWSK_INVALID_ADDRESS',
    `"${name}" is a name: resolve it first (lookup of node:dns/promises, say) and give the address in numbers`,
    'address',
  );

const familyMismatch = (type: string): OpenWskError =>
  new OpenWskError(
    'OWSK_INVALID_ADDRESS',
    `the ${type} given has no room for an address of the other family`,
    'address',
  );
