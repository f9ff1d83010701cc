import type { CallArguments } from './call-arguments.ts';
import { showValue } from './call-arguments.ts';
import { CONSTANTS } from './constants.ts';
import type { CallResult, PosixSocket } from './posix-socket.ts';
import { unsupported } from './script-error.ts';

/** setsockopt and getsockopt. */

const number = (name: string): number => CONSTANTS.get(name)!;
const SECOND = 1_000_000_000;

interface Option {
  readonly set: ((socket: PosixSocket, value: number) => CallResult) | null;
  readonly get: ((socket: PosixSocket) => number) | null;
}

const OPTIONS: Readonly<Record<string, Option>> = {
  'SOL_SOCKET SO_REUSEADDR': { set: () => 0, get: () => 1 },
  'SOL_SOCKET SO_REUSEPORT': { set: () => 0, get: () => 1 },
  'SOL_SOCKET SO_KEEPALIVE': {
    set: (socket, value) => {
      socket.setKeepAlive(value !== 0);
      return 0;
    },
    get: (socket) => Number(socket.keepAlive),
  },
  // Linux doubles what is asked for, for the bookkeeping; here bytes are bytes.
  'SOL_SOCKET SO_SNDBUF': {
    set: (socket, value) => {
      socket.sendBuffer = Math.max(value, 1);
      return 0;
    },
    get: (socket) => 2 * socket.sendBuffer,
  },
  'SOL_SOCKET SO_RCVBUF': {
    set: (socket, value) => {
      socket.receiveBuffer = Math.max(value, 1);
      return 0;
    },
    get: (socket) => 2 * socket.receiveBuffer,
  },
  'SOL_SOCKET SO_ERROR': {
    set: null,
    get: (socket) => (socket.hasError ? (CONSTANTS.get(socket.takeError()) ?? -1) : 0),
  },
  'SOL_TCP TCP_NODELAY': {
    set: (socket, value) => {
      socket.setNoDelay(value !== 0);
      return 0;
    },
    get: (socket) => Number(socket.noDelay),
  },
  // Milliseconds.
  'SOL_TCP TCP_USER_TIMEOUT': {
    set: (socket, value) => {
      if (value < 0) return 'EINVAL';
      socket.setUserTimeout(value * 1_000_000);
      return 0;
    },
    get: (socket) => socket.userTimeout / 1_000_000,
  },
  'SOL_TCP TCP_MAXSEG': { set: null, get: (socket) => socket.connection?.mss ?? 536 },
  'SOL_TCP TCP_FASTOPEN': { set: (socket, value) => socket.setFastOpen(value), get: null },
  'SOL_TCP TCP_FASTOPEN_CONNECT': {
    set: (socket, value) => {
      if (!socket.world.fastOpenClient) return 'EOPNOTSUPP';
      if (socket.connection !== null || socket.listener !== null) return 'EINVAL';
      socket.fastOpenConnect = value !== 0;
      return 0;
    },
    get: (socket) => Number(socket.fastOpenConnect),
  },
  // These belong to the whole machine here: a script has few sockets.
  'SOL_TCP TCP_SYNCNT': {
    set: ({ world }, value) => {
      world.profile.synRetries = value;
      return 0;
    },
    get: ({ world }) => world.profile.synRetries,
  },
  'SOL_TCP TCP_KEEPIDLE': {
    set: (socket, value) => {
      socket.world.profile.keepAliveIdle = value * SECOND;
      if (socket.keepAlive) socket.setKeepAlive(true);
      return 0;
    },
    get: ({ world }) => world.profile.keepAliveIdle / SECOND,
  },
  'SOL_TCP TCP_KEEPINTVL': {
    set: ({ world }, value) => {
      world.profile.keepAliveInterval = value * SECOND;
      return 0;
    },
    get: ({ world }) => world.profile.keepAliveInterval / SECOND,
  },
  'SOL_TCP TCP_KEEPCNT': {
    set: ({ world }, value) => {
      world.profile.keepAliveProbes = value;
      return 0;
    },
    get: ({ world }) => world.profile.keepAliveProbes,
  },
};

const byNumbers = new Map(
  Object.entries(OPTIONS).map(([name, option]) => {
    const [level, which] = name.split(' ');
    return [number(level) * 65_536 + number(which), option];
  }),
);

const find = (args: CallArguments): Option => {
  const option = byNumbers.get(args.number(1) * 65_536 + args.number(2));
  if (option === undefined) throw unsupported(args.line, `socket option ${args.show(2)}`);
  return option;
};

export const setOption = (socket: PosixSocket, args: CallArguments): CallResult => {
  if (args.number(1) === number('SOL_SOCKET') && args.number(2) === number('SO_LINGER')) return setLinger(socket, args);
  if (args.number(1) === number('SOL_TCP') && args.number(2) === number('TCP_FASTOPEN_KEY'))
    return setKey(socket, args);
  const { set } = find(args);
  if (set === null) throw unsupported(args.line, `setting ${args.show(2)}`);
  return set(socket, args.single(3));
};

const setLinger = (socket: PosixSocket, args: CallArguments): CallResult => {
  const on = args.fieldNumber(3, 'onoff') !== 0;
  if (on && args.fieldNumber(3, 'linger') !== 0) throw unsupported(args.line, 'SO_LINGER with a time');
  socket.resetOnClose = on;
  return 0;
};

/** 16 bytes, or 32 with a second key that is accepted too; each word is little-endian, as in Linux. */
const setKey = (socket: PosixSocket, args: CallArguments): CallResult => {
  const bytes = args.bytes(3);
  const length = args.number(4);
  if (length !== bytes.length || (length !== 16 && length !== 32)) return 'EINVAL';
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  for (let at = length - 16; at >= 0; at -= 16) {
    socket.world.setCookieKey(Int32Array.from({ length: 4 }, (_, i) => view.getInt32(at + 4 * i, true)));
  }
  return 0;
};

/** @returns what differs from the value that the script expects */
export const getOption = (
  socket: PosixSocket,
  args: CallArguments,
): { result: CallResult; complaint: string | null } => {
  const { get } = find(args);
  if (get === null) throw unsupported(args.line, `reading ${args.show(2)}`);
  const value = get(socket);
  const fits = args.isAny(3) || args.single(3) === value;
  return { result: 0, complaint: fits ? null : `${args.show(2)} ${value} instead of ${showValue(args.value(3))}` };
};
