import type { NtStatusName } from '../../src/base/index.ts';

/**
 * Which test shows that a function answers with a status: the exact name of the test, without the `describe` around it,
 * or null while none does. To extend: add the status or replace the null, then `npm run docs`. A test holds that every
 * name is one of a test that exists.
 *
 * The statuses are those of the wsk.h reference pages and, where these are silent, of the decision records.
 */
export type StatusTests = Readonly<Partial<Record<NtStatusName, string | null>>>;

const inline = (name: string, status: NtStatusName): string =>
  `${name}: ${status}, inline, and the socket is as it was`;

export const statuses: Readonly<Record<string, StatusTests>> = {
  WskRegister: { STATUS_SUCCESS: null, STATUS_INVALID_PARAMETER: null },
  WskCaptureProviderNPI: { STATUS_SUCCESS: null, STATUS_DEVICE_NOT_READY: null, STATUS_NOINTERFACE: null },
  WskQueryProviderCharacteristics: { STATUS_SUCCESS: null, STATUS_DEVICE_NOT_READY: null },
  WskSocket: {
    STATUS_SUCCESS: 'one byte: connects, Information 1, and the peer gets exactly that',
    STATUS_INVALID_PARAMETER: null,
    STATUS_INVALID_HANDLE: null,
    STATUS_NOT_SUPPORTED: null,
    STATUS_INSUFFICIENT_RESOURCES: null,
  },
  WskSocketConnect: {
    STATUS_SUCCESS: null,
    STATUS_INVALID_PARAMETER: null,
    STATUS_INVALID_HANDLE: null,
    STATUS_NOT_SUPPORTED: null,
    STATUS_INVALID_ADDRESS_COMPONENT: null,
    STATUS_CONNECTION_REFUSED: null,
    STATUS_IO_TIMEOUT: null,
    STATUS_CANCELLED: null,
  },
  WskControlSocket: {
    STATUS_SUCCESS: 'the first connection gets a cookie, the next two carry their 100 bytes in the SYN',
    STATUS_INVALID_PARAMETER: null,
    STATUS_BUFFER_TOO_SMALL: null,
    STATUS_INVALID_DEVICE_STATE: null,
    STATUS_EVENT_PENDING: null,
    STATUS_NOT_SUPPORTED: null,
  },
  WskCloseSocket: {
    STATUS_SUCCESS: 'the demo shows three connections and where their first bytes went',
    STATUS_INVALID_PARAMETER: null,
  },
  WskBind: {
    STATUS_SUCCESS: 'one byte: connects, Information 1, and the peer gets exactly that',
    STATUS_INVALID_PARAMETER: null,
    STATUS_ADDRESS_ALREADY_ASSOCIATED: 'a port that is taken',
    STATUS_INVALID_ADDRESS_COMPONENT: 'an address of another machine to listen on',
    STATUS_ACCESS_DENIED: null,
    STATUS_INVALID_DEVICE_STATE: null,
    STATUS_NOT_IMPLEMENTED: null,
  },
  WskAccept: {
    STATUS_SUCCESS: 'one byte: connects, Information 1, and the peer gets exactly that',
    STATUS_INVALID_PARAMETER: null,
    STATUS_INVALID_DEVICE_STATE: null,
    STATUS_CANCELLED: null,
  },
  WskListen: { STATUS_SUCCESS: null, STATUS_INVALID_PARAMETER: null, STATUS_INVALID_DEVICE_STATE: null },
  WskConnect: {
    STATUS_SUCCESS: null,
    STATUS_INVALID_PARAMETER: null,
    STATUS_INVALID_ADDRESS_COMPONENT: null,
    STATUS_INVALID_DEVICE_STATE: null,
    STATUS_CONNECTION_REFUSED: null,
    STATUS_CANCELLED: null,
  },
  WskConnectEx: {
    STATUS_PENDING: 'one byte: connects, Information 1, and the peer gets exactly that',
    STATUS_SUCCESS: '65,535 bytes: connects, Information 65535, and the peer gets exactly that',
    STATUS_INVALID_PARAMETER: inline('Flags not 0', 'STATUS_INVALID_PARAMETER'),
    STATUS_BUFFER_OVERFLOW: inline('a Buffer of 65,536 bytes', 'STATUS_BUFFER_OVERFLOW'),
    STATUS_INVALID_ADDRESS_COMPONENT: inline('port 0', 'STATUS_INVALID_ADDRESS_COMPONENT'),
    STATUS_INVALID_DEVICE_STATE: 'an unbound socket: STATUS_INVALID_DEVICE_STATE, inline; parameter checks come first',
    STATUS_CONNECTION_REFUSED:
      'nothing listens: STATUS_CONNECTION_REFUSED, and the same socket connects once something does',
    STATUS_IO_TIMEOUT: null,
    STATUS_NETWORK_UNREACHABLE: null,
    STATUS_HOST_UNREACHABLE: null,
    STATUS_ADDRESS_ALREADY_EXISTS: null,
    STATUS_CANCELLED: null,
    STATUS_INSUFFICIENT_RESOURCES: null,
    STATUS_FILE_FORCED_CLOSED: null,
  },
  WskGetLocalAddress: {
    STATUS_SUCCESS: 'nothing listens: STATUS_CONNECTION_REFUSED, and the same socket connects once something does',
    STATUS_INVALID_PARAMETER: null,
    STATUS_INVALID_DEVICE_STATE: null,
  },
  WskGetRemoteAddress: {
    STATUS_SUCCESS: null,
    STATUS_INVALID_PARAMETER: null,
    STATUS_INVALID_DEVICE_STATE: null,
  },
  WskSend: {
    STATUS_SUCCESS: 'a connected socket: STATUS_INVALID_DEVICE_STATE, and the connection goes on',
    STATUS_INVALID_PARAMETER: null,
    STATUS_NOT_SUPPORTED: null,
    STATUS_INVALID_DEVICE_STATE: null,
    STATUS_CONNECTION_RESET: null,
    STATUS_CANCELLED: null,
  },
  WskReceive: {
    STATUS_SUCCESS: 'one byte: connects, Information 1, and the peer gets exactly that',
    STATUS_INVALID_PARAMETER: null,
    STATUS_NOT_SUPPORTED: null,
    STATUS_INVALID_DEVICE_STATE: null,
    STATUS_CONNECTION_RESET: null,
    STATUS_CANCELLED: null,
  },
  WskDisconnect: {
    STATUS_SUCCESS: null,
    STATUS_INVALID_PARAMETER: null,
    STATUS_INVALID_DEVICE_STATE: null,
    STATUS_CANCELLED: null,
  },
  WskRelease: { STATUS_SUCCESS: null, STATUS_INVALID_PARAMETER: null },
};
