import { networkInterfaces } from 'node:os';
import { type ADDRESS_FAMILY, AF_INET, AF_INET6, type SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6 } from '../../base/index.ts';

/** The addresses of the system's interfaces, loopback left out, with port 0. */
export const localAddresses = (family: ADDRESS_FAMILY): readonly SOCKADDR[] => {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.filter((each) => !each.internal && (each.family === 'IPv6' ? AF_INET6 : AF_INET) === family);
  return own.map((each) =>
    each.family === 'IPv6' ? new SOCKADDR_IN6(each.address, 0, each.scopeid) : new SOCKADDR_IN(each.address),
  );
};
