import { CallArguments } from './call-arguments.ts';
import { DATAGRAM_CALLS } from './datagram-calls.ts';
import type { Descriptors } from './descriptors.ts';
import type { Errno } from './errno.ts';
import { getOption, setOption } from './options.ts';
import { done, type PendingCall, waiting } from './pending-call.ts';
import { PosixDatagram } from './posix-datagram.ts';
import { type CallResult, PosixSocket } from './posix-socket.ts';
import type { ScriptCall } from './script.ts';
import { unsupported } from './script-error.ts';

const DONTWAIT = 0x40;
const NOSIGNAL = 0x4000;
const FASTOPEN = 0x2000_0000;

/**
 * Starts a call of a script.
 * @throws PacketScriptError of kind `unsupported` for calls, options and flags that are not here
 */
export const startCall = (call: ScriptCall, line: number, descriptors: Descriptors): PendingCall => {
  const start = Object.hasOwn(CALLS, call.name) ? CALLS[call.name] : undefined;
  if (start === undefined) throw unsupported(line, `the call ${call.name}()`);
  const args = new CallArguments(call, line);
  if (/^(?:read|write|send|recv|sendto|recvfrom)$/.test(call.name) && args.isNull(1)) {
    return done(descriptors.readiness(args.number(0)) === null ? 'EBADF' : 'EFAULT');
  }
  const datagram = Object.hasOwn(DATAGRAM_CALLS, call.name) ? descriptors.datagram(args.number(0)) : null;
  const made = datagram === null ? start(args, descriptors, call) : DATAGRAM_CALLS[call.name](datagram, args);
  return typeof made === 'object' && made !== null ? made : done(made);
};

type Start = (args: CallArguments, descriptors: Descriptors, call: ScriptCall) => PendingCall | CallResult;

/** A call on a socket; EBADF without one. */
const onSocket =
  (act: (socket: PosixSocket, args: CallArguments, descriptors: Descriptors) => PendingCall | CallResult): Start =>
  (args, descriptors) => {
    const fd = args.number(0);
    const socket = descriptors.socket(fd);
    if (descriptors.datagram(fd) !== null) throw unsupported(args.line, 'this call on a datagram socket');
    return socket === null ? 'EBADF' : act(socket, args, descriptors);
  };

const checkFlags = (args: CallArguments, index: number, known: number): number => {
  const flags = args.has(index) ? args.number(index) : 0;
  if ((flags & ~known) !== 0) throw unsupported(args.line, `flags ${args.show(index)}`);
  return flags;
};

/** With MSG_DONTWAIT one call does not block. */
const unless = (socket: PosixSocket, flags: number, act: () => CallResult): CallResult => {
  const was = socket.nonBlocking;
  if ((flags & DONTWAIT) !== 0) socket.nonBlocking = true;
  const result = act();
  socket.nonBlocking = was;
  return result;
};

const readCall = (socket: PosixSocket, count: number, flags = 0): PendingCall =>
  waiting(() => unless(socket, flags, () => socket.read(count)));

const writeCall = (socket: PosixSocket, count: number, flags = 0): PendingCall => {
  let total = 0;
  let isConnecting = false;
  return waiting(() => {
    if (isConnecting) {
      const connected = socket.connectDone();
      return connected === 0 ? count : connected;
    }
    const hadConnection = socket.connection !== null;
    const result = unless(socket, flags, () => socket.write(count, total));
    if (!hadConnection && socket.connection !== null && result === null) {
      isConnecting = true; // TCP_FASTOPEN_CONNECT: the SYN left with this write
      return null;
    }
    if (typeof result !== 'number') return total > 0 && result !== null ? total : result;
    total += result;
    return total === count || socket.nonBlocking || (flags & DONTWAIT) !== 0 ? total : null;
  });
};

const fastOpenCall = (
  socket: PosixSocket,
  args: CallArguments,
  to: number,
  count: number,
  flags: number,
): PendingCall => {
  if (socket.isConnected) return writeCall(socket, count, flags); // the flag means nothing any more
  const first = unless(socket, flags, () => socket.sendFastOpen(args.address(to, socket), count));
  if (first !== null) return done(first);
  return waiting(() => {
    const connected = socket.connectDone();
    return connected === 0 ? count : connected;
  });
};

const connectCall = (socket: PosixSocket, args: CallArguments): PendingCall => {
  const first = socket.connect(args.address(1, socket));
  return first === null ? waiting(() => socket.connectDone()) : done(first);
};

const acceptCall = (args: CallArguments, descriptors: Descriptors, call: ScriptCall): PendingCall | CallResult => {
  const listener = descriptors.socket(args.number(0));
  if (listener === null) return 'EBADF';
  const flags = call.name === 'accept4' ? checkFlags(args, 3, 0x80800) : 0;
  return waiting(() => {
    const socket = listener.accept();
    if (!(socket instanceof PosixSocket)) return socket;
    socket.nonBlocking = (flags & 0x800) !== 0;
    return descriptors.add(socket, call.result.kind === 'number' ? call.result.value : -1);
  });
};

const openSocket: Start = (args, descriptors, call) => {
  const type = args.number(1);
  const isDatagram = (type & 15) === 2;
  if ((type & 15) !== 1 && !isDatagram) throw unsupported(args.line, 'sockets that are not SOCK_STREAM or SOCK_DGRAM');
  const family = args.isAny(0) ? null : args.number(0);
  if (family !== null && family !== 2 && family !== 10) throw unsupported(args.line, `address family ${args.show(0)}`);
  const version = family === null ? descriptors.version : family === 2 ? 4 : 6;
  const fd = call.result.kind === 'number' ? call.result.value : -1;
  const socket = new (isDatagram ? PosixDatagram : PosixSocket)(descriptors.world, version);
  socket.nonBlocking = (type & 0x800) !== 0;
  return socket instanceof PosixDatagram ? descriptors.addDatagram(socket, fd) : descriptors.add(socket, fd);
};

const fcntlCall = onSocket((socket, args) => {
  const command = args.number(1);
  if (command === 3) return 2 | (socket.nonBlocking ? 0x800 : 0);
  if (command !== 4) throw unsupported(args.line, `fcntl ${args.show(1)}`);
  socket.nonBlocking = (args.number(2) & 0x800) !== 0;
  return 0;
});

const sendMessage = onSocket((socket, args) => {
  const flags = checkFlags(args, 2, DONTWAIT | NOSIGNAL | FASTOPEN);
  const count = args.vectorBytes(args.field(1, 'msg_iov'));
  if (args.fieldOrNull(1, 'msg_control') !== null) throw unsupported(args.line, 'control messages');
  return (flags & FASTOPEN) !== 0 ? fastOpenCall(socket, args, -1, count, flags) : writeCall(socket, count, flags);
});

const receiveMessage = onSocket((socket, args) => {
  const flags = checkFlags(args, 2, DONTWAIT);
  if (args.fieldOrNull(1, 'msg_control') !== null) throw unsupported(args.line, 'control messages');
  return readCall(socket, args.vectorBytes(args.field(1, 'msg_iov')), flags);
});

/** poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, timeout). */
const pollCall: Start = (args, descriptors) => {
  const wanted = args.pollRecords(0);
  const timeout = args.number(2);
  const deadline = timeout < 0 ? null : descriptors.now() + timeout * 1_000_000;
  const call: PendingCall = {
    deadline,
    complaint: null,
    poll: () => {
      const found = wanted.map(({ fd, events }) => (descriptors.readiness(fd) ?? 0x20) & (events | 0x38));
      const ready = found.filter((events) => events !== 0).length;
      if (ready === 0 && (deadline === null || descriptors.now() < deadline)) return null;
      const at = wanted.findIndex(({ revents }, i) => revents !== null && revents !== found[i]);
      if (at >= 0) call.complaint = `revents 0x${found[at].toString(16)} of fd ${wanted[at].fd}`;
      return ready;
    },
  };
  return call;
};

const epollControl: Start = (args, descriptors) => {
  const epoll = descriptors.epoll(args.number(0));
  const fd = args.number(2);
  if (epoll === null || descriptors.readiness(fd) === null) return 'EBADF';
  if (args.number(1) === 2) epoll.delete(fd);
  else {
    const events = args.fieldNumber(3, 'events');
    if ((events & ~0x201d) !== 0) throw unsupported(args.line, 'epoll that is not level-triggered');
    epoll.set(fd, events);
  }
  return 0;
};

const epollWait: Start = (args, descriptors) => {
  const epoll = descriptors.epoll(args.number(0));
  if (epoll === null) return 'EBADF';
  const events = args.fieldNumber(1, 'events');
  const timeout = args.number(3);
  const deadline = timeout < 0 ? null : descriptors.now() + timeout * 1_000_000;
  const call: PendingCall = {
    deadline,
    complaint: null,
    poll: () => {
      const found = [...epoll]
        .map(([fd, wanted]) => (descriptors.readiness(fd) ?? 0) & (wanted | 0x18))
        .filter((ready) => ready !== 0);
      if (found.length === 0 && (deadline === null || descriptors.now() < deadline)) return null;
      if (found.length > 0 && found[0] !== events) call.complaint = `events 0x${found[0].toString(16)}`;
      return Math.min(found.length, args.number(2));
    },
  };
  return call;
};

const result = (value: { result: CallResult; complaint: string | null }): PendingCall =>
  done(value.result, value.complaint);

const CALLS: Readonly<Record<string, Start>> = {
  socket: openSocket,
  bind: onSocket((socket, args) => socket.bind(args.localAddress(1, socket))),
  listen: onSocket((socket, args) => socket.listen(args.number(1))),
  accept: acceptCall,
  accept4: acceptCall,
  connect: onSocket(connectCall),
  read: onSocket((socket, args) => readCall(socket, args.count(2))),
  readv: onSocket((socket, args) => readCall(socket, args.vectorBytes(args.value(1)))),
  recv: onSocket((socket, args) => readCall(socket, args.count(2), checkFlags(args, 3, DONTWAIT))),
  recvfrom: onSocket((socket, args) => readCall(socket, args.count(2), checkFlags(args, 3, DONTWAIT))),
  recvmsg: receiveMessage,
  write: onSocket((socket, args) => writeCall(socket, args.count(2))),
  writev: onSocket((socket, args) => writeCall(socket, args.vectorBytes(args.value(1)))),
  send: onSocket((socket, args) => writeCall(socket, args.count(2), checkFlags(args, 3, DONTWAIT | NOSIGNAL))),
  sendto: onSocket((socket, args) => {
    const flags = checkFlags(args, 3, DONTWAIT | NOSIGNAL | FASTOPEN);
    const count = args.count(2);
    return (flags & FASTOPEN) !== 0 ? fastOpenCall(socket, args, 4, count, flags) : writeCall(socket, count, flags);
  }),
  sendmsg: sendMessage,
  shutdown: onSocket((socket, args) => socket.shutdown(args.number(1))),
  close: (args, descriptors) => (descriptors.close(args.number(0)) ? 0 : 'EBADF'),
  fcntl: fcntlCall,
  ioctl: onSocket((socket, args) => {
    if (args.number(1) !== 0x541b) throw unsupported(args.line, `ioctl ${args.show(1)}`);
    const bytes = socket.connection?.receiveQueue.bytes ?? 0;
    return done(0, args.single(2) === bytes ? null : `${bytes} bytes to read`);
  }),
  setsockopt: onSocket((socket, args) => setOption(socket, args)),
  getsockopt: onSocket((socket, args) => result(getOption(socket, args))),
  poll: pollCall,
  epoll_create: (_args, descriptors, call) =>
    descriptors.addEpoll(call.result.kind === 'number' ? call.result.value : -1),
  epoll_ctl: epollControl,
  epoll_wait: epollWait,
};

/** An error as calls write it, `-1 ECONNRESET`, or the number returned. */
export const resultText = (value: number | Errno): string => (typeof value === 'number' ? `${value}` : `-1 ${value}`);
