import {
  type NTSTATUS,
  STATUS_CONNECTION_REFUSED,
  STATUS_CONNECTION_RESET,
  STATUS_HOST_UNREACHABLE,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_IO_TIMEOUT,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_PROTOCOL_UNREACHABLE,
} from '../base/index.ts';

/** The names of POSIX errors that the socket calls of scripts return. */
export type Errno =
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EAGAIN'
  | 'EALREADY'
  | 'EBADF'
  | 'ECONNABORTED'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EFAULT'
  | 'EHOSTUNREACH'
  | 'EINPROGRESS'
  | 'EINVAL'
  | 'EISCONN'
  | 'ENETUNREACH'
  | 'ENOPROTOOPT'
  | 'ENOTCONN'
  | 'EOPNOTSUPP'
  | 'EPIPE'
  | 'ETIMEDOUT';

/** What scripts may call an error besides. */
export const sameErrno = (a: string, b: string): boolean => canonical(a) === canonical(b);
const canonical = (name: string): string => (name === 'EWOULDBLOCK' ? 'EAGAIN' : name);

const BY_STATUS = new Map<NTSTATUS, Errno>([
  [STATUS_CONNECTION_REFUSED, 'ECONNREFUSED'],
  [STATUS_CONNECTION_RESET, 'ECONNRESET'],
  [STATUS_HOST_UNREACHABLE, 'EHOSTUNREACH'],
  [STATUS_INVALID_ADDRESS_COMPONENT, 'EADDRNOTAVAIL'],
  [STATUS_IO_TIMEOUT, 'ETIMEDOUT'],
  [STATUS_NETWORK_UNREACHABLE, 'ENETUNREACH'],
  [STATUS_PROTOCOL_UNREACHABLE, 'ENOPROTOOPT'],
]);

/** The error that a connection's end with this status is for a POSIX program. */
export const errnoOf = (status: NTSTATUS): Errno => BY_STATUS.get(status) ?? 'ECONNABORTED';
