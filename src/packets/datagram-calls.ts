import type { CallArguments } from './call-arguments.ts';
import { CONSTANTS } from './constants.ts';
import { done, type PendingCall, waiting } from './pending-call.ts';
import type { PosixDatagram } from './posix-datagram.ts';
import type { CallResult } from './posix-socket.ts';
import { unsupported } from './script-error.ts';

/** The calls of a script on datagram sockets. */
type Act = (socket: PosixDatagram, args: CallArguments) => PendingCall | CallResult;

const DONTWAIT = 0x40;

const sendCall: Act = (socket, args) => {
  noFlags(args, 3, 0);
  return socket.send(args.count(2), null);
};

const receiveCall: Act = (socket, args) => {
  const flags = noFlags(args, 3, DONTWAIT);
  return waiting(() => {
    const result = socket.receive(args.count(2));
    return result === null && (flags & DONTWAIT) !== 0 ? 'EAGAIN' : result;
  });
};

const noFlags = (args: CallArguments, index: number, known: number): number => {
  const flags = args.has(index) ? args.number(index) : 0;
  if ((flags & ~known) !== 0) throw unsupported(args.line, `flags ${args.show(index)}`);
  return flags;
};

const setOption: Act = (socket, args) => {
  const value = args.single(3);
  switch (`${args.show(1)} ${args.show(2)}`) {
    case 'SOL_SOCKET SO_REUSEADDR':
      return 0;
    case 'SOL_SOCKET SO_RCVBUF':
      return socket.change((endpoint) => {
        endpoint.receiveBuffer = value;
      });
    case 'SOL_IP IP_TOS':
      return socket.change(({ sending }) => {
        sending.trafficClass = value;
      });
    case 'SOL_IP IP_MTU_DISCOVER':
      return socket.change(({ sending }) => {
        sending.dontFragment = value === CONSTANTS.get('IP_PMTUDISC_DO');
      });
    default:
      throw unsupported(args.line, `the option ${args.show(1)} ${args.show(2)} of a datagram socket`);
  }
};

const getOption: Act = (socket, args) => {
  if (args.show(1) !== 'SOL_SOCKET' || args.show(2) !== 'SO_ERROR') {
    throw unsupported(args.line, `the option ${args.show(1)} ${args.show(2)} of a datagram socket`);
  }
  const error = socket.takeError();
  const number = error === null ? 0 : (CONSTANTS.get(error) ?? -1);
  return done(0, args.single(3) === number ? null : `${number}`);
};

const control: Act = (socket, args) => {
  if (args.show(1) !== 'F_SETFL') throw unsupported(args.line, `fcntl ${args.show(1)}`);
  socket.nonBlocking = (args.number(2) & CONSTANTS.get('O_NONBLOCK')!) !== 0;
  return 0;
};

export const DATAGRAM_CALLS: Readonly<Record<string, Act>> = {
  bind: (socket, args) => socket.bind(args.localAddress(1, socket)),
  connect: (socket, args) => socket.connect(args.address(1, socket)),
  send: sendCall,
  write: sendCall,
  sendto: (socket, args) => {
    noFlags(args, 3, 0);
    return socket.send(args.count(2), args.show(4) === 'NULL' ? null : args.address(4, socket));
  },
  recv: receiveCall,
  read: receiveCall,
  recvfrom: receiveCall,
  setsockopt: setOption,
  getsockopt: getOption,
  fcntl: control,
};
