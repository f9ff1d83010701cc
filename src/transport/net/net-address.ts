import { networkInterfaces } from 'node:os';
import { AF_INET6, type SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6 } from '../../base/index.ts';

/** The numeric host as Node writes it: `10.0.0.1`, `fe80::1%eth0`. */
export const hostText = (address: SOCKADDR): string => {
  if (address.sa_family !== AF_INET6) return address.address.join('.');
  const words = Array.from({ length: 8 }, (_, i) => (address.address[2 * i] << 8) | address.address[2 * i + 1]);
  const host = words.map((word) => word.toString(16)).join(':');
  const { sin6_scope_id } = address as SOCKADDR_IN6;
  return sin6_scope_id === 0 ? host : `${host}%${zoneName(sin6_scope_id)}`;
};

/** What Node says of a socket's end, or null when it says nothing (any more). */
export const fromNode = (host: string | undefined, port: number | undefined): SOCKADDR | null => {
  if (host === undefined || port === undefined) return null;
  if (!host.includes(':')) return new SOCKADDR_IN(host, port);
  const [address, zone] = host.split('%');
  return new SOCKADDR_IN6(address, port, zone === undefined ? 0 : zoneNumber(zone));
};

/** Windows names a zone by the number of its interface, other systems by its name. */
const zoneName = (scope: number): string => {
  if (process.platform === 'win32') return String(scope);
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some((each) => each.family === 'IPv6' && each.scopeid === scope)) return name;
  }
  return String(scope);
};

const zoneNumber = (zone: string): number => {
  if (/^\d+$/.test(zone)) return Number(zone);
  for (const each of networkInterfaces()[zone] ?? []) {
    if (each.family === 'IPv6' && each.scopeid !== 0) return each.scopeid;
  }
  return 0;
};

const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** An IPv4 address in IPv6's clothes: ::ffff:10.0.0.1. */
export const isMapped = (address: SOCKADDR): boolean =>
  address.sa_family === AF_INET6 && MAPPED_PREFIX.every((byte, i) => address.address[i] === byte);
