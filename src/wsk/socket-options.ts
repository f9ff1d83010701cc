import { AF_INET6 } from '../base/index.ts';
import {
  IP_PKTINFO,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_PKTINFO,
  IPV6_V6ONLY,
  SO_BROADCAST,
  SO_CONDITIONAL_ACCEPT,
  SO_EXCLUSIVEADDRUSE,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SOL_SOCKET,
  TCP_FASTOPEN,
  TCP_NODELAY,
} from './constants.ts';
import type { SocketObject, SocketState } from './socket.ts';
import type { DatagramOption, StreamOption } from './transport.ts';

/** Until when an option may be set. */
type Until = 'bind' | 'connect' | 'close';

interface OptionOf<Name> {
  readonly level: number;
  readonly code: number;
  readonly option: Name;
  readonly until: Until;
}
export type SocketOption = OptionOf<StreamOption | DatagramOption>;

// The options that are here; all are ULONGs and need an IRP. Source: wsk.h reference, "WSK Socket Options".

export const streamOptions: readonly OptionOf<StreamOption>[] = [
  { level: IPPROTO_TCP, code: TCP_FASTOPEN, option: 'fastOpen', until: 'connect' },
  { level: IPPROTO_TCP, code: TCP_NODELAY, option: 'noDelay', until: 'close' },
  { level: SOL_SOCKET, code: SO_REUSEADDR, option: 'reuseAddress', until: 'bind' },
  { level: SOL_SOCKET, code: SO_EXCLUSIVEADDRUSE, option: 'exclusiveAddress', until: 'bind' },
  { level: SOL_SOCKET, code: SO_CONDITIONAL_ACCEPT, option: 'conditionalAccept', until: 'bind' },
  { level: SOL_SOCKET, code: SO_KEEPALIVE, option: 'keepAlive', until: 'close' },
  { level: SOL_SOCKET, code: SO_RCVBUF, option: 'receiveBuffer', until: 'close' },
  { level: IPPROTO_IPV6, code: IPV6_V6ONLY, option: 'v6Only', until: 'bind' },
];

export const datagramOptions: readonly OptionOf<DatagramOption>[] = [
  { level: SOL_SOCKET, code: SO_REUSEADDR, option: 'reuseAddress', until: 'bind' },
  { level: SOL_SOCKET, code: SO_EXCLUSIVEADDRUSE, option: 'exclusiveAddress', until: 'bind' },
  { level: SOL_SOCKET, code: SO_RCVBUF, option: 'receiveBuffer', until: 'close' },
  { level: SOL_SOCKET, code: SO_BROADCAST, option: 'broadcast', until: 'close' },
  { level: IPPROTO_IPV6, code: IPV6_V6ONLY, option: 'v6Only', until: 'bind' },
  { level: IPPROTO_IP, code: IP_PKTINFO, option: 'packetInfo', until: 'close' },
  { level: IPPROTO_IPV6, code: IPV6_PKTINFO, option: 'packetInfo', until: 'close' },
];

/** An option of the socket's category; basic sockets, and those that cannot be bound, have none. */
export const findOption = (socket: SocketObject, level: number, code: number): SocketOption | undefined => {
  if (socket.anyEndpoint === null) return undefined;
  const options: readonly SocketOption[] = socket.datagrams === null ? streamOptions : datagramOptions;
  return options.find((entry) => entry.level === level && entry.code === code >>> 0 && fits(entry, socket));
};

/** IP_PKTINFO is for the one family, IPV6_PKTINFO for the other. */
const fits = ({ option, level }: SocketOption, { family }: SocketObject): boolean =>
  option !== 'packetInfo' || level === (family === AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP);

export const mayStillSet = (until: Until, state: SocketState): boolean => {
  if (until === 'close') return state !== 'dead';
  if (until === 'bind') return state === 'created';
  return state === 'created' || state === 'binding' || state === 'bound';
};
