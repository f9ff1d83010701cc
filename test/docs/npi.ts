// What wsk.h has, by Microsoft's names and in its order: the measure that docs/support.md holds OpenWSK against.
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
  SO_WSK_EVENT_CALLBACK,
  SO_WSK_SECURITY,
  SOL_SOCKET,
  TCP_FASTOPEN,
  TCP_NODELAY,
  WSK_CACHE_SD,
  WSK_EVENT_ACCEPT,
  WSK_EVENT_DISCONNECT,
  WSK_EVENT_RECEIVE,
  WSK_EVENT_RECEIVE_FROM,
  WSK_EVENT_SEND_BACKLOG,
  WSK_FLAG_BASIC_SOCKET,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_DATAGRAM_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  WSK_FLAG_STREAM_SOCKET,
  WSK_RELEASE_SD,
  WSK_SET_STATIC_EVENT_CALLBACKS,
  WSK_TDI_BEHAVIOR,
  WSK_TDI_DEVICENAME_MAPPING,
  WSK_TRANSPORT_LIST_CHANGE,
  WSK_TRANSPORT_LIST_QUERY,
} from '../../src/wsk/index.ts';
import type { SocketCategory } from '../../src/wsk/socket.ts';

export const registrationFunctions = [
  'WskRegister',
  'WskCaptureProviderNPI',
  'WskReleaseProviderNPI',
  'WskQueryProviderCharacteristics',
  'WskDeregister',
];

export const providerFunctions = [
  'WskSocket',
  'WskSocketConnect',
  'WskControlClient',
  'WskGetAddressInfo',
  'WskFreeAddressInfo',
  'WskGetNameInfo',
];

export interface Category {
  readonly category: SocketCategory;
  readonly flag: string;
  readonly value: number;
  /** What the category is created with here: SOCK_STREAM with TCP, or SOCK_DGRAM with UDP. */
  readonly protocol: 'TCP' | 'UDP';
  readonly table: string;
  readonly members: readonly string[];
}

const basic = ['WskControlSocket', 'WskCloseSocket'];

export const categories: readonly Category[] = [
  {
    category: 'basic',
    flag: 'WSK_FLAG_BASIC_SOCKET',
    value: WSK_FLAG_BASIC_SOCKET,
    protocol: 'TCP',
    table: 'WSK_PROVIDER_BASIC_DISPATCH',
    members: basic,
  },
  {
    category: 'listen',
    flag: 'WSK_FLAG_LISTEN_SOCKET',
    value: WSK_FLAG_LISTEN_SOCKET,
    protocol: 'TCP',
    table: 'WSK_PROVIDER_LISTEN_DISPATCH',
    members: [...basic, 'WskBind', 'WskAccept', 'WskInspectComplete', 'WskGetLocalAddress'],
  },
  {
    category: 'datagram',
    flag: 'WSK_FLAG_DATAGRAM_SOCKET',
    value: WSK_FLAG_DATAGRAM_SOCKET,
    protocol: 'UDP',
    table: 'WSK_PROVIDER_DATAGRAM_DISPATCH',
    members: [
      ...basic,
      'WskBind',
      'WskSendTo',
      'WskReceiveFrom',
      'WskRelease',
      'WskGetLocalAddress',
      'WskSendMessages',
    ],
  },
  {
    category: 'connection',
    flag: 'WSK_FLAG_CONNECTION_SOCKET',
    value: WSK_FLAG_CONNECTION_SOCKET,
    protocol: 'TCP',
    table: 'WSK_PROVIDER_CONNECTION_DISPATCH',
    members: [
      ...basic,
      'WskBind',
      'WskConnect',
      'WskGetLocalAddress',
      'WskGetRemoteAddress',
      'WskSend',
      'WskReceive',
      'WskDisconnect',
      'WskRelease',
      'WskConnectEx',
      'WskSendEx',
      'WskReceiveEx',
    ],
  },
  {
    category: 'stream',
    flag: 'WSK_FLAG_STREAM_SOCKET',
    value: WSK_FLAG_STREAM_SOCKET,
    protocol: 'TCP',
    table: 'WSK_PROVIDER_STREAM_DISPATCH',
    members: [
      ...basic,
      'WskBind',
      'WskAccept',
      'WskConnect',
      'WskListen',
      'WskSend',
      'WskReceive',
      'WskDisconnect',
      'WskRelease',
      'WskGetLocalAddress',
      'WskGetRemoteAddress',
      'WskConnectEx',
      'WskSendEx',
      'WskReceiveEx',
    ],
  },
];

/** Members of newer kits that Microsoft reserves for system use: a table may end before them. */
export const reservedMembers = ['WskSendEx', 'WskReceiveEx'];

export interface Option {
  readonly name: string;
  readonly level: number;
  readonly levelName: string;
  readonly code: number;
}

const socketLevel = { level: SOL_SOCKET, levelName: 'SOL_SOCKET' };
const tcpLevel = { level: IPPROTO_TCP, levelName: 'IPPROTO_TCP' };

export const options: readonly Option[] = [
  { name: 'SO_WSK_EVENT_CALLBACK', ...socketLevel, code: SO_WSK_EVENT_CALLBACK },
  { name: 'SO_WSK_SECURITY', ...socketLevel, code: SO_WSK_SECURITY },
  { name: 'SO_CONDITIONAL_ACCEPT', ...socketLevel, code: SO_CONDITIONAL_ACCEPT },
  { name: 'SO_EXCLUSIVEADDRUSE', ...socketLevel, code: SO_EXCLUSIVEADDRUSE },
  { name: 'SO_REUSEADDR', ...socketLevel, code: SO_REUSEADDR },
  { name: 'SO_KEEPALIVE', ...socketLevel, code: SO_KEEPALIVE },
  { name: 'SO_RCVBUF', ...socketLevel, code: SO_RCVBUF },
  { name: 'SO_BROADCAST', ...socketLevel, code: SO_BROADCAST },
  { name: 'TCP_NODELAY', ...tcpLevel, code: TCP_NODELAY },
  { name: 'TCP_FASTOPEN', ...tcpLevel, code: TCP_FASTOPEN },
  { name: 'IP_PKTINFO', level: IPPROTO_IP, levelName: 'IPPROTO_IP', code: IP_PKTINFO },
  { name: 'IPV6_PKTINFO', level: IPPROTO_IPV6, levelName: 'IPPROTO_IPV6', code: IPV6_PKTINFO },
  { name: 'IPV6_V6ONLY', level: IPPROTO_IPV6, levelName: 'IPPROTO_IPV6', code: IPV6_V6ONLY },
];

export const ioctls: readonly { readonly name: string; readonly code: number }[] = [
  { name: 'SIO_WSK_SET_REMOTE_ADDRESS', code: 0x8f000001 },
  { name: 'SIO_WSK_REGISTER_EXTENSION', code: 0xcf000002 },
  { name: 'SIO_WSK_QUERY_IDEAL_SEND_BACKLOG', code: 0x4f000003 },
  { name: 'SIO_WSK_QUERY_RECEIVE_BACKLOG', code: 0x4f000004 },
  { name: 'SIO_WSK_QUERY_INSPECT_ID', code: 0x4f000005 },
  { name: 'SIO_WSK_SET_SENDTO_ADDRESS', code: 0x8f000006 },
  { name: 'SIO_WSK_SET_TCP_SILENT_MODE', code: 0x2f000007 },
  { name: 'SIO_ADDRESS_LIST_QUERY', code: 0x48000016 },
  { name: 'SIO_ADDRESS_LIST_CHANGE', code: 0x28000017 },
  { name: 'SIO_LOOPBACK_FAST_PATH', code: 0x98000010 },
];

/** Codes of WskControlClient. */
export const clientControlCodes: readonly { readonly name: string; readonly code: number }[] = [
  { name: 'WSK_TRANSPORT_LIST_QUERY', code: WSK_TRANSPORT_LIST_QUERY },
  { name: 'WSK_TRANSPORT_LIST_CHANGE', code: WSK_TRANSPORT_LIST_CHANGE },
  { name: 'WSK_CACHE_SD', code: WSK_CACHE_SD },
  { name: 'WSK_RELEASE_SD', code: WSK_RELEASE_SD },
  { name: 'WSK_TDI_DEVICENAME_MAPPING', code: WSK_TDI_DEVICENAME_MAPPING },
  { name: 'WSK_SET_STATIC_EVENT_CALLBACKS', code: WSK_SET_STATIC_EVENT_CALLBACKS },
  { name: 'WSK_TDI_BEHAVIOR', code: WSK_TDI_BEHAVIOR },
];

/** Event callbacks, the category whose client table holds them and the bit that enables them (null: the option does). */
export const callbacks: readonly {
  readonly name: string;
  readonly category: SocketCategory;
  readonly bit: number | null;
}[] = [
  { name: 'WskAcceptEvent', category: 'listen', bit: WSK_EVENT_ACCEPT },
  { name: 'WskInspectEvent', category: 'listen', bit: null },
  { name: 'WskAbortEvent', category: 'listen', bit: null },
  { name: 'WskReceiveFromEvent', category: 'datagram', bit: WSK_EVENT_RECEIVE_FROM },
  { name: 'WskReceiveEvent', category: 'connection', bit: WSK_EVENT_RECEIVE },
  { name: 'WskDisconnectEvent', category: 'connection', bit: WSK_EVENT_DISCONNECT },
  { name: 'WskSendBacklogEvent', category: 'connection', bit: WSK_EVENT_SEND_BACKLOG },
];
