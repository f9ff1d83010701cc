import { type ADDRESS_FAMILY, AF_UNSPEC, type SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6 } from '../base/index.ts';
import type { NameResolver } from './transport.ts';

/** `localhost`, which every machine knows. */
export const localhostAddresses = (family: ADDRESS_FAMILY): SOCKADDR[] =>
  [new SOCKADDR_IN('127.0.0.1'), new SOCKADDR_IN6('::1')].filter(
    ({ sa_family }) => family === AF_UNSPEC || family === sa_family,
  );

/** Knows nothing but `localhost`. @param post runs something soon */
export const localNames = (post: (run: () => void) => void): NameResolver => ({
  addressesOf: (name, family, done) =>
    post(() => done(name.toLowerCase() === 'localhost' ? localhostAddresses(family) : [])),
  nameOf: (_address, done) => post(() => done(null)),
});

/** Services by name, a handful: a number is always understood. Source: IANA's registry of service names. */
const services = new Map([
  ['echo', 7],
  ['discard', 9],
  ['ftp', 21],
  ['ssh', 22],
  ['telnet', 23],
  ['smtp', 25],
  ['domain', 53],
  ['http', 80],
  ['pop3', 110],
  ['ntp', 123],
  ['imap', 143],
  ['https', 443],
]);

/** @returns the port, host byte order; null for an unknown service */
export const portOf = (service: string): number | null => {
  if (/^\d{1,5}$/.test(service)) return Number(service) <= 65_535 ? Number(service) : null;
  return services.get(service.toLowerCase()) ?? null;
};

/** The service's name, else its number. */
export const serviceName = (port: number, numeric: boolean): string => {
  const known = numeric ? undefined : [...services].find(([, value]) => value === port);
  return known?.[0] ?? String(port);
};
