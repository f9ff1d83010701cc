import { lookup } from 'node:dns/promises';
import { type SOCKADDR, sockaddrFromHost } from '../public/index.ts';
import { UsageError } from './failure.ts';

/** Splits HOST:PORT or [HOST]:PORT. */
const split = (text: string): { host: string; port: number } | null => {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match === null || port > 65_535 ? null : { host: match[1] ?? match[2], port };
};

/**
 * Reads HOST:PORT and finds the addresses of a name, in the order in which the system wants them tried.
 * @throws UsageError for text that is none; an Error when the name is not known
 */
export const resolveTarget = async (text: string): Promise<SOCKADDR[]> => {
  const target = split(text);
  if (target === null || target.port === 0) {
    throw new UsageError(`"${text}" is not HOST:PORT; write example.org:80, 10.0.0.1:7 or [::1]:7`);
  }
  const numeric = sockaddrFromHost(target.host, target.port);
  if (numeric !== null) return [numeric];
  try {
    const found = await lookup(target.host, { all: true });
    return found.map(({ address }) => sockaddrFromHost(address, target.port)!);
  } catch {
    throw new NameError(`no address is known for "${target.host}": check the name, or give the address in numbers`);
  }
};

/** A host name that does not resolve. */
class NameError extends Error {
  override readonly name = 'WskError';
}

/** Reads PORT, ADDRESS:PORT or [ADDRESS]:PORT, the address in numbers; without one, all IPv4 addresses. */
export const parseListen = (text: string): SOCKADDR => {
  const target = split(/^\d+$/.test(text) ? `0.0.0.0:${text}` : text);
  const address = target === null ? null : sockaddrFromHost(target.host, target.port);
  if (address === null) throw new UsageError(`"${text}" is not [ADDRESS:]PORT; write 7, 127.0.0.1:7 or [::1]:7`);
  return address;
};
