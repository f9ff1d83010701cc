// Constants of wsk.h, ws2def.h, ws2ipdef.h and mswsockdef.h, with Microsoft's names and values.

export const MAKE_WSK_VERSION = (Mj: number, Mn: number): number => ((Mj << 8) | (Mn & 0xff)) & 0xffff;
export const WSK_MAJOR_VERSION = (V: number): number => (V >> 8) & 0xff;
export const WSK_MINOR_VERSION = (V: number): number => V & 0xff;

export const WSK_NO_WAIT = 0;
export const WSK_INFINITE_WAIT = 0xffffffff;

/** {2227E803-8D8B-11D4-ABAD-009027719E09} */
export const NPI_WSK_INTERFACE_ID = '2227e803-8d8b-11d4-abad-009027719e09';

// SocketObject: exactly one category.
export const WSK_FLAG_BASIC_SOCKET = 0x0;
export const WSK_FLAG_LISTEN_SOCKET = 0x1;
export const WSK_FLAG_CONNECTION_SOCKET = 0x2;
export const WSK_FLAG_DATAGRAM_SOCKET = 0x4;
export const WSK_FLAG_STREAM_SOCKET = 0x8;

// Several flags share a value: each means something in its own function only.
export const WSK_FLAG_ABORTIVE = 0x1;
export const WSK_FLAG_OOB = 0x1;
export const WSK_FLAG_NODELAY = 0x2;
export const WSK_FLAG_WAITALL = 0x2;
export const WSK_FLAG_DRAIN = 0x4;
export const WSK_FLAG_RELEASE_ASAP = 0x2;
export const WSK_FLAG_ENTIRE_MESSAGE = 0x4;
export const WSK_FLAG_AT_DISPATCH_LEVEL = 0x8;

export const WSK_EVENT_SEND_BACKLOG = 0x00000010;
export const WSK_EVENT_RECEIVE = 0x00000040;
export const WSK_EVENT_DISCONNECT = 0x00000080;
export const WSK_EVENT_RECEIVE_FROM = 0x00000100;
export const WSK_EVENT_ACCEPT = 0x00000200;
export const WSK_EVENT_DISABLE = 0x80000000;

// WSK_CONTROL_SOCKET_TYPE
export const WskSetOption = 0;
export const WskGetOption = 1;
export const WskIoctl = 2;

// WskControlClient
export const WSK_TRANSPORT_LIST_QUERY = 2;
export const WSK_TRANSPORT_LIST_CHANGE = 3;
export const WSK_CACHE_SD = 4;
export const WSK_RELEASE_SD = 5;
export const WSK_TDI_DEVICENAME_MAPPING = 6;
export const WSK_SET_STATIC_EVENT_CALLBACKS = 7;
export const WSK_TDI_BEHAVIOR = 8;

export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;

export const IPPROTO_IP = 0;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;
export const IPPROTO_IPV6 = 41;

export const SOL_SOCKET = 0xffff;
export const SO_REUSEADDR = 0x0004;
export const SO_KEEPALIVE = 0x0008;
export const SO_BROADCAST = 0x0020;
export const SO_EXCLUSIVEADDRUSE = 0xfffffffb;
export const SO_RCVBUF = 0x1002;
export const SO_CONDITIONAL_ACCEPT = 0x3002;
export const SO_WSK_SECURITY = 0x4001;
export const SO_WSK_EVENT_CALLBACK = 0x4002;

export const TCP_NODELAY = 1;
/** 15 on Windows; Linux has 23. */
export const TCP_FASTOPEN = 15;
export const IP_PKTINFO = 19;
export const IPV6_PKTINFO = 19;
export const IPV6_V6ONLY = 27;

// Of a received datagram (mswsockdef.h).
export const MSG_TRUNC = 0x0100;
export const MSG_CTRUNC = 0x0200;
export const MSG_BCAST = 0x0400;
export const MSG_MCAST = 0x0800;

/** The longest Buffer of WskConnectEx, in bytes. */
export const WSK_CONNECT_EX_MAX_BUFFER = 65_535;

// WskIoctl
export const SIO_WSK_SET_REMOTE_ADDRESS = 0x8f000001;
export const SIO_WSK_REGISTER_EXTENSION = 0xcf000002;
export const SIO_WSK_QUERY_IDEAL_SEND_BACKLOG = 0x4f000003;
export const SIO_WSK_QUERY_RECEIVE_BACKLOG = 0x4f000004;
export const SIO_WSK_QUERY_INSPECT_ID = 0x4f000005;
export const SIO_WSK_SET_SENDTO_ADDRESS = 0x8f000006;
export const SIO_ADDRESS_LIST_QUERY = 0x48000016;

// Name spaces and flags of WskGetAddressInfo and WskGetNameInfo (ws2def.h, ws2tcpip.h).
export const NS_ALL = 0;
export const NS_DNS = 12;
export const AI_PASSIVE = 0x1;
export const AI_CANONNAME = 0x2;
export const AI_NUMERICHOST = 0x4;
export const NI_NOFQDN = 0x1;
export const NI_NUMERICHOST = 0x2;
export const NI_NAMEREQD = 0x4;
export const NI_NUMERICSERV = 0x8;
export const NI_DGRAM = 0x10;
