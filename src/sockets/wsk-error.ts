import { type NTSTATUS, type NtStatusName, ntStatusName } from '../base/index.ts';

/** What to do about a status, in a few words. */
const advice: Partial<Record<NtStatusName, string>> = {
  STATUS_CONNECTION_REFUSED: 'nothing listens there: start the server, or check the port',
  STATUS_IO_TIMEOUT: 'no answer came in time: check the address and firewalls, or allow more time',
  STATUS_NETWORK_UNREACHABLE: 'no route leads there: check the address and the network',
  STATUS_HOST_UNREACHABLE: 'the host does not answer on its network: check the address',
  STATUS_CONNECTION_RESET: 'the peer broke the connection off: its log may say why',
  STATUS_CONNECTION_ABORTED: 'this side broke the connection off',
  STATUS_ADDRESS_ALREADY_ASSOCIATED: 'another socket has this port: stop that program, or take another port',
  STATUS_ADDRESS_ALREADY_EXISTS: 'all local ports towards this peer are in use: wait a minute, or bind other addresses',
  STATUS_INVALID_ADDRESS_COMPONENT:
    'the address cannot be used here: the local one must be of this machine, a remote port not 0',
  STATUS_ACCESS_DENIED:
    'the system does not allow it: ports below 1024 may need more rights, or a packet filter forbids it',
  STATUS_INVALID_PARAMETER:
    'a parameter makes no sense here: both addresses must be of one family, and flags must exist',
  STATUS_INVALID_HANDLE: 'there is no client: WskCaptureProviderNPI gives one',
  STATUS_DEVICE_NOT_READY:
    'WSK is not available (any more) to this registration: register first, capture before deregistering',
  STATUS_NOINTERFACE: 'this version of WSK is not here: ask for 1.0',
  STATUS_FILE_FORCED_CLOSED: 'the system has given the socket up: close it and make another',
  STATUS_NOT_IMPLEMENTED: 'this is not here yet: docs/support.md lists what is',
  STATUS_INVALID_DEVICE_REQUEST: 'this kind of socket does not have it',
  STATUS_INVALID_BUFFER_SIZE: 'a datagram holds at most 65,507 bytes (65,527 over IPv6): send several',
  STATUS_BUFFER_TOO_SMALL: 'the output buffer is too small: a ULONG takes four bytes',
  STATUS_NOT_FOUND: 'there is nothing of that id any more: it was answered, or its connection has gone',
  STATUS_UNSUCCESSFUL: 'the system failed for a reason that has no status of its own',
  STATUS_BUFFER_OVERFLOW: 'WskConnectEx takes at most 65,535 bytes: send the rest with write',
  STATUS_CANCELLED: 'the request was taken back',
  STATUS_INSUFFICIENT_RESOURCES: 'the system has no more sockets or memory: close some, or raise the limit (ulimit -n)',
  STATUS_INVALID_DEVICE_STATE: 'the socket is not in a state for this call',
  STATUS_NOT_SUPPORTED: 'the system does not have this (IPv6 may be switched off)',
};

/** What to do about a status, or '' where nothing general can be said. */
export const adviceFor = (status: NTSTATUS): string => advice[ntStatusName(status) as NtStatusName] ?? '';

/** A WSK call that ended with a failure. The message names the call, the status and what to do about it. */
export class WskError extends Error {
  override readonly name = 'WskError';
  readonly status: NTSTATUS;
  /** E.g. STATUS_CONNECTION_REFUSED. */
  readonly statusName: string;
  /** E.g. WskConnectEx. */
  readonly call: string;

  constructor(call: string, status: NTSTATUS) {
    const hint = adviceFor(status);
    super(`${call}: ${ntStatusName(status)}${hint === '' ? '' : `: ${hint}`}`);
    this.call = call;
    this.status = status;
    this.statusName = ntStatusName(status);
  }
}
