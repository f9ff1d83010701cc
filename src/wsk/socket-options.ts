import {
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  SO_CONDITIONAL_ACCEPT,
  SO_EXCLUSIVEADDRUSE,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SOL_SOCKET,
  TCP_FASTOPEN,
  TCP_NODELAY,
} from './constants.ts';
import type { SocketState } from './socket.ts';
import type { StreamOption } from './transport.ts';

/** Until when an option may be set. */
type Until = 'bind' | 'connect' | 'close';

export interface SocketOption {
  readonly level: number;
  readonly code: number;
  readonly option: StreamOption;
  readonly until: Until;
}

/** The options that are here; all are ULONGs and need an IRP. Source: wsk.h reference, "WSK Socket Options". */
export const socketOptions: readonly SocketOption[] = [
  { level: IPPROTO_TCP, code: TCP_FASTOPEN, option: 'fastOpen', until: 'connect' },
  { level: IPPROTO_TCP, code: TCP_NODELAY, option: 'noDelay', until: 'close' },
  { level: SOL_SOCKET, code: SO_REUSEADDR, option: 'reuseAddress', until: 'bind' },
  { level: SOL_SOCKET, code: SO_EXCLUSIVEADDRUSE, option: 'exclusiveAddress', until: 'bind' },
  { level: SOL_SOCKET, code: SO_CONDITIONAL_ACCEPT, option: 'conditionalAccept', until: 'bind' },
  { level: SOL_SOCKET, code: SO_KEEPALIVE, option: 'keepAlive', until: 'close' },
  { level: SOL_SOCKET, code: SO_RCVBUF, option: 'receiveBuffer', until: 'close' },
  { level: IPPROTO_IPV6, code: IPV6_V6ONLY, option: 'v6Only', until: 'bind' },
];

export const findOption = (level: number, code: number): SocketOption | undefined =>
  socketOptions.find((entry) => entry.level === level && entry.code === code >>> 0);

export const mayStillSet = (until: Until, state: SocketState): boolean => {
  if (until === 'close') return state !== 'dead';
  if (until === 'bind') return state === 'created';
  return state === 'created' || state === 'binding' || state === 'bound';
};
