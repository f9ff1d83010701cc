import type { NtStatusName } from '../../src/base/index.ts';

/**
 * Which test shows that a function answers with a status: the exact name of the test, with as much of the `describe`
 * around it (`connect > x IoCancelIrp: …`) as it takes to be clear, or null while none does. To extend: add the status or replace the null, then `npm run docs`. A test holds that every
 * name is one of a test that exists.
 *
 * The statuses are those of the wsk.h reference pages and, where these are silent, of the decision records.
 */
export type StatusTests = Readonly<Partial<Record<NtStatusName, string | null>>>;

const inline = (name: string, status: NtStatusName): string =>
  `${name}: ${status}, inline, and the socket is as it was`;

const dead = 'on a connection: what is pending ends with it, later calls return it inline, closing works';
const oneByte = 'one byte: connects, Information 1, and the peer gets exactly that';
const nobodyListens = 'nothing listens: STATUS_CONNECTION_REFUSED, and the same socket connects once something does';
const observed1 = '1: capture gives version 1.0 or later and a client';
const observed4 = '4: WskSocket without an IRP is STATUS_INVALID_PARAMETER, without a client STATUS_INVALID_HANDLE';
const observed14 = '14: WskConnect of an unbound socket says STATUS_INVALID_DEVICE_STATE, and completes with it inline';
const observed15 = '15: bind to 0.0.0.0:0, WskConnect and close each pend and succeed with Information 0';
const noMemory =
  'no endpoint: WskSocket and WskSocketConnect end with STATUS_INSUFFICIENT_RESOURCES, and nothing is left';
const characteristics = 'characteristics tell the versions, until the client deregisters';
const notReady = 'WskDeregister waits for captures and sockets; captures after it fail with STATUS_DEVICE_NOT_READY';
const badOption = 'what makes no sense: STATUS_INVALID_PARAMETER or STATUS_BUFFER_TOO_SMALL, inline';
const badBind = 'WskBind > Flags, family, no IRP: STATUS_INVALID_PARAMETER; twice: STATUS_INVALID_DEVICE_STATE';
const badAccept =
  'WskAccept and WskListen > Flags, no IRP: STATUS_INVALID_PARAMETER; not bound: STATUS_INVALID_DEVICE_STATE';
const localAddress = 'WskGetLocalAddress: not before bind; the port from bind, the address from connect on';
const remoteAddress = 'WskGetRemoteAddress: only while connected';
const badSocketConnect = 'WskSocketConnect > wrong parameters, inline';
const oneCategory = 'one category exactly; family, type and protocol that fit';
const noIrp = 'WskSend > without an IRP: STATUS_INVALID_PARAMETER';
const keepsList = 'STATUS_PENDING keeps the list until WskRelease, and indications go on meanwhile';
const sendState = 'before connecting, and after a graceful WskDisconnect: STATUS_INVALID_DEVICE_STATE';
const receiveFlags =
  'flags that do not exist: STATUS_NOT_SUPPORTED; WAITALL with DRAIN, or DRAIN with a Length: STATUS_INVALID_PARAMETER';
const disconnectFlags =
  'other flags, or a Buffer with WSK_FLAG_ABORTIVE: STATUS_INVALID_PARAMETER, and the connection goes on';
const inspectComplete = 'WskInspectComplete takes Accept and Reject only, an IRP, and a socket that listens';
const inspectPend = 'WskInspectPend: nothing is answered until WskInspectComplete, once';
const staticEvents = 'they come before the first socket, with a mask of events, without an IRP';
const refusedConnect =
  'WskConnect with Flags, another family, no IRP or port 0 is refused inline, and the socket is as it was';
const injected = (call: string, status: NtStatusName): string =>
  `by ${call} > ends with what the network says: ${status}`;
const otherCodes = 'WskControlClient without a client is STATUS_INVALID_HANDLE; codes that are not here say so';

const badAddress =
  'what is no address: STATUS_INVALID_PARAMETER or STATUS_INVALID_ADDRESS_COMPONENT; not bound, not for datagrams';
const refusedSendTo = 'WskSendTo and WskSendMessages refuse inline what makes no sense, and the socket goes on';
const refusedReceiveFrom = 'WskReceiveFrom refuses inline: Flags, no IRP, a socket that is not bound';
const stalledSend = 'sends that cannot get away > x IoCancelIrp: STATUS_CANCELLED';
const noWay = 'no way to the address: STATUS_NETWORK_UNREACHABLE, and the socket goes on';
const deadDatagrams =
  'a datagram socket that the system gave up: what waits ends, later calls say it inline, the callback gets NULL';

export const statuses: Readonly<Record<string, StatusTests>> = {
  WskRegister: {
    STATUS_SUCCESS: observed1,
    STATUS_INVALID_PARAMETER: 'a registration is used once at a time; Reserved is 0',
  },
  WskCaptureProviderNPI: {
    STATUS_SUCCESS: observed1,
    STATUS_DEVICE_NOT_READY: notReady,
    STATUS_NOINTERFACE: 'a version that is not supported: STATUS_NOINTERFACE at capture',
  },
  WskQueryProviderCharacteristics: { STATUS_SUCCESS: characteristics, STATUS_DEVICE_NOT_READY: characteristics },
  WskSocket: {
    STATUS_SUCCESS: '5 and 6: a TCP listening socket pends and succeeds; a UDP one too, but cannot be bound',
    STATUS_INVALID_PARAMETER: observed4,
    STATUS_INVALID_HANDLE: observed4,
    STATUS_NOT_SUPPORTED: oneCategory,
    STATUS_INSUFFICIENT_RESOURCES: noMemory,
  },
  WskSocketConnect: {
    STATUS_SUCCESS: 'creates, binds and connects: Information is the socket',
    STATUS_INVALID_PARAMETER: badSocketConnect,
    STATUS_INVALID_HANDLE: badSocketConnect,
    STATUS_NOT_SUPPORTED: badSocketConnect,
    STATUS_INVALID_ADDRESS_COMPONENT: badSocketConnect,
    STATUS_CONNECTION_REFUSED: 'refused: the failure, and no socket is left',
    STATUS_IO_TIMEOUT: injected('WskSocketConnect', 'STATUS_IO_TIMEOUT'),
    STATUS_NETWORK_UNREACHABLE: injected('WskSocketConnect', 'STATUS_NETWORK_UNREACHABLE'),
    STATUS_HOST_UNREACHABLE: injected('WskSocketConnect', 'STATUS_HOST_UNREACHABLE'),
    STATUS_ADDRESS_ALREADY_EXISTS: injected('WskSocketConnect', 'STATUS_ADDRESS_ALREADY_EXISTS'),
    STATUS_CANCELLED: 'cancelled: STATUS_CANCELLED, and no socket is left',
    STATUS_INSUFFICIENT_RESOURCES: noMemory,
  },
  WskControlClient: {
    STATUS_SUCCESS: 'static callbacks are enabled on every socket from its creation, and stay',
    STATUS_INVALID_PARAMETER: staticEvents,
    STATUS_INVALID_DEVICE_STATE: staticEvents,
    STATUS_INVALID_HANDLE: otherCodes,
    STATUS_BUFFER_OVERFLOW:
      'WSK_TRANSPORT_LIST_QUERY: STATUS_BUFFER_OVERFLOW with the size, then TCP and UDP of both families',
    STATUS_PENDING: 'WSK_TRANSPORT_LIST_CHANGE pends until it is cancelled; without an IRP: STATUS_INVALID_PARAMETER',
    STATUS_CANCELLED: 'WskDeregister cancels every WSK_TRANSPORT_LIST_CHANGE, and returns after they have completed',
    STATUS_NOT_IMPLEMENTED: otherCodes,
  },
  WskControlSocket: {
    STATUS_SUCCESS: 'TCP_FASTOPEN: what was set can be read again',
    STATUS_INVALID_PARAMETER: badOption,
    STATUS_BUFFER_TOO_SMALL: badOption,
    STATUS_BUFFER_OVERFLOW:
      'SIO_ADDRESS_LIST_QUERY: STATUS_BUFFER_OVERFLOW tells the size, then the addresses of the machine',
    STATUS_INVALID_DEVICE_REQUEST: badAddress,
    STATUS_INVALID_ADDRESS_COMPONENT: badAddress,
    STATUS_INVALID_DEVICE_STATE: 'options have their time: before bind, before connect, or any',
    STATUS_EVENT_PENDING:
      'disabling inside the callback: STATUS_EVENT_PENDING without an IRP, completed after it with one',
    STATUS_NOT_SUPPORTED:
      'an option that a transport does not have: STATUS_NOT_SUPPORTED, inline, and the socket goes on',
    STATUS_NOT_IMPLEMENTED: badOption,
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskCloseSocket: {
    STATUS_SUCCESS: '12: WskCloseSocket of an accepted socket pends and succeeds with Information 0',
    STATUS_INVALID_PARAMETER: noIrp,
  },
  WskBind: {
    STATUS_SUCCESS: observed15,
    STATUS_INVALID_PARAMETER: badBind,
    STATUS_ADDRESS_ALREADY_ASSOCIATED:
      '7: WskBind pends and succeeds with Information 0, or says STATUS_ADDRESS_ALREADY_ASSOCIATED',
    STATUS_INVALID_ADDRESS_COMPONENT:
      'an address of another machine: STATUS_INVALID_ADDRESS_COMPONENT, and the socket can still be bound',
    STATUS_ACCESS_DENIED:
      'a local port that is not for everybody: STATUS_ACCESS_DENIED, and the socket can still be bound',
    STATUS_INVALID_DEVICE_STATE: badBind,
    STATUS_NOT_IMPLEMENTED: '5 and 6: a TCP listening socket pends and succeeds; a UDP one too, but cannot be bound',
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskAccept: {
    STATUS_SUCCESS: '8: WskAccept pends, gives the socket and fills both addresses before it completes',
    STATUS_INVALID_PARAMETER: badAccept,
    STATUS_INVALID_DEVICE_STATE: badAccept,
    STATUS_CANCELLED: '13: closing a listener cancels the accept that waits, before the close completes',
    STATUS_FILE_FORCED_CLOSED: 'on a listener: the accept that waits ends with it, WskAcceptEvent gets NULL once',
  },
  WskListen: {
    STATUS_SUCCESS: 'bind, WskListen, WskAccept: a connection comes in',
    STATUS_INVALID_PARAMETER: badAccept,
    STATUS_INVALID_DEVICE_STATE: 'before bind neither listening nor connecting is allowed; before WskListen no accept',
    STATUS_FILE_FORCED_CLOSED: 'on a stream socket that listens: WskListen again says it, closing works',
  },
  WskInspectComplete: {
    STATUS_SUCCESS: inspectPend,
    STATUS_INVALID_PARAMETER: inspectComplete,
    STATUS_INVALID_DEVICE_STATE: inspectComplete,
    STATUS_NOT_FOUND: inspectPend,
    STATUS_FILE_FORCED_CLOSED: 'on a listener that the system gave up: STATUS_FILE_FORCED_CLOSED',
  },
  WskConnect: {
    STATUS_SUCCESS: observed15,
    STATUS_INVALID_PARAMETER: refusedConnect,
    STATUS_INVALID_ADDRESS_COMPONENT: refusedConnect,
    STATUS_INVALID_DEVICE_STATE: observed14,
    STATUS_CONNECTION_REFUSED:
      'WskConnect to where nothing listens: STATUS_CONNECTION_REFUSED, and the same socket connects elsewhere',
    STATUS_IO_TIMEOUT: injected('WskConnect', 'STATUS_IO_TIMEOUT'),
    STATUS_NETWORK_UNREACHABLE: injected('WskConnect', 'STATUS_NETWORK_UNREACHABLE'),
    STATUS_HOST_UNREACHABLE: injected('WskConnect', 'STATUS_HOST_UNREACHABLE'),
    STATUS_ADDRESS_ALREADY_EXISTS: injected('WskConnect', 'STATUS_ADDRESS_ALREADY_EXISTS'),
    STATUS_ADDRESS_ALREADY_ASSOCIATED: injected('WskConnect', 'STATUS_ADDRESS_ALREADY_ASSOCIATED'),
    STATUS_CANCELLED: 'WskConnect x IoCancelIrp: STATUS_CANCELLED; afterwards only closing is of use',
    STATUS_CONNECTION_ABORTED: 'WskConnect x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED',
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskConnectEx: {
    STATUS_PENDING: oneByte,
    STATUS_SUCCESS: '65,535 bytes: connects, Information 65535, and the peer gets exactly that',
    STATUS_INVALID_PARAMETER: inline('Flags not 0', 'STATUS_INVALID_PARAMETER'),
    STATUS_BUFFER_OVERFLOW: inline('a Buffer of 65,536 bytes', 'STATUS_BUFFER_OVERFLOW'),
    STATUS_INVALID_ADDRESS_COMPONENT: inline('port 0', 'STATUS_INVALID_ADDRESS_COMPONENT'),
    STATUS_INVALID_DEVICE_STATE: 'an unbound socket: STATUS_INVALID_DEVICE_STATE, inline; parameter checks come first',
    STATUS_CONNECTION_REFUSED: nobodyListens,
    STATUS_IO_TIMEOUT: 'no answer: STATUS_IO_TIMEOUT after 21 s, and the socket is bound as before',
    STATUS_NETWORK_UNREACHABLE: 'no route: STATUS_NETWORK_UNREACHABLE',
    STATUS_HOST_UNREACHABLE: injected('WskConnectEx', 'STATUS_HOST_UNREACHABLE'),
    STATUS_ADDRESS_ALREADY_EXISTS:
      'two connections of one port to one peer: STATUS_ADDRESS_ALREADY_EXISTS, and the socket connects elsewhere',
    STATUS_ADDRESS_ALREADY_ASSOCIATED:
      'a local port that was lost while a connect failed: the next one says so, until it is free again',
    STATUS_CANCELLED: 'connect > x IoCancelIrp: STATUS_CANCELLED; afterwards only closing is of use',
    STATUS_CONNECTION_ABORTED: 'connect > x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED',
    STATUS_INSUFFICIENT_RESOURCES:
      'no room for the Buffer: WskConnectEx ends with STATUS_INSUFFICIENT_RESOURCES, and may be tried again',
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskGetLocalAddress: {
    STATUS_SUCCESS: localAddress,
    STATUS_INVALID_PARAMETER: localAddress,
    STATUS_INVALID_DEVICE_STATE: localAddress,
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskGetRemoteAddress: {
    STATUS_SUCCESS: remoteAddress,
    STATUS_INVALID_PARAMETER: remoteAddress,
    STATUS_INVALID_DEVICE_STATE: remoteAddress,
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskSend: {
    STATUS_SUCCESS:
      '11: WskSend of 256 bytes pends and succeeds with Information 256; a Length beyond the MDL is a blue screen',
    STATUS_INVALID_PARAMETER: noIrp,
    STATUS_NOT_SUPPORTED: 'flags that do not exist: STATUS_NOT_SUPPORTED, and the connection goes on',
    STATUS_INVALID_DEVICE_STATE: sendState,
    STATUS_CONNECTION_RESET: 'send > x peer RST: STATUS_CONNECTION_RESET',
    STATUS_CONNECTION_ABORTED: 'send > x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED',
    STATUS_CANCELLED: 'send > x IoCancelIrp of one that has not begun: STATUS_CANCELLED, and nothing of it arrives',
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskReceive: {
    STATUS_SUCCESS: '10: a receive that waits completes with exactly the bytes of the one send of the peer',
    STATUS_INVALID_PARAMETER: receiveFlags,
    STATUS_NOT_SUPPORTED: receiveFlags,
    STATUS_INVALID_DEVICE_STATE: sendState,
    STATUS_CONNECTION_RESET: 'receive > x peer RST: STATUS_CONNECTION_RESET, and later calls say the same',
    STATUS_CONNECTION_ABORTED: 'receive > x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED',
    STATUS_CANCELLED: 'receive > x IoCancelIrp: STATUS_CANCELLED, and the data that comes later is not lost',
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskDisconnect: {
    STATUS_SUCCESS: 'graceful: pending sends first, then the Buffer, then the end; receiving goes on',
    STATUS_INVALID_PARAMETER: disconnectFlags,
    STATUS_INVALID_DEVICE_STATE: sendState,
    STATUS_CONNECTION_RESET: 'graceful disconnect behind a send that cannot finish > x peer RST: completes',
    STATUS_CONNECTION_ABORTED:
      'graceful disconnect behind a send that cannot finish > x WskDisconnect(ABORTIVE): forced to complete',
    STATUS_CANCELLED:
      'graceful disconnect behind a send that cannot finish > x IoCancelIrp: STATUS_CANCELLED, and the connection is aborted',
    STATUS_FILE_FORCED_CLOSED: dead,
  },
  WskSendTo: {
    STATUS_SUCCESS: 'WskSendTo pends and tells its bytes; WskReceiveFrom has them and the sender, who can be answered',
    STATUS_INVALID_PARAMETER: refusedSendTo,
    STATUS_NOT_SUPPORTED: refusedSendTo,
    STATUS_INVALID_ADDRESS_COMPONENT: refusedSendTo,
    STATUS_INVALID_DEVICE_STATE: refusedSendTo,
    STATUS_INVALID_BUFFER_SIZE:
      '20,000 bytes in several MDLs arrive as they were; 65,508 are STATUS_INVALID_BUFFER_SIZE',
    STATUS_ACCESS_DENIED: 'SO_BROADCAST: without it a broadcast is STATUS_ACCESS_DENIED (the stack has no broadcasts)',
    STATUS_NETWORK_UNREACHABLE: noWay,
    STATUS_CANCELLED: stalledSend,
    STATUS_FILE_FORCED_CLOSED: deadDatagrams,
  },
  WskSendMessages: {
    STATUS_SUCCESS: 'WskSendMessages: one datagram for each element, in order; Information is all their bytes',
    STATUS_INVALID_PARAMETER: refusedSendTo,
    STATUS_INVALID_ADDRESS_COMPONENT: refusedSendTo,
    STATUS_INVALID_DEVICE_STATE: refusedSendTo,
    STATUS_INVALID_BUFFER_SIZE: 'WskSendMessages ends with the first that cannot be sent: the bytes before it count',
    STATUS_NETWORK_UNREACHABLE: noWay,
    STATUS_CANCELLED: stalledSend,
    STATUS_FILE_FORCED_CLOSED: deadDatagrams,
  },
  WskReceiveFrom: {
    STATUS_SUCCESS:
      'a Buffer that is too short: STATUS_SUCCESS with MSG_TRUNC, the rest is lost, the next datagram is whole',
    STATUS_INVALID_PARAMETER: refusedReceiveFrom,
    STATUS_INVALID_DEVICE_STATE: refusedReceiveFrom,
    STATUS_CANCELLED: 'WskReceiveFrom x IoCancelIrp: STATUS_CANCELLED, and the datagram that comes later is not lost',
    STATUS_FILE_FORCED_CLOSED: deadDatagrams,
  },
  WskRelease: {
    STATUS_SUCCESS: keepsList,
    STATUS_INVALID_PARAMETER: keepsList,
  },
};
