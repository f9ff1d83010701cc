import { MAKE_WSK_VERSION } from './constants.ts';
import type {
  WSK_PROVIDER_BASIC_DISPATCH,
  WSK_PROVIDER_CONNECTION_DISPATCH,
  WSK_PROVIDER_DATAGRAM_DISPATCH,
  WSK_PROVIDER_DISPATCH,
  WSK_PROVIDER_LISTEN_DISPATCH,
  WSK_PROVIDER_STREAM_DISPATCH,
} from './structures.ts';
import { WskAccept } from './wsk-accept.ts';
import { WskBind } from './wsk-bind.ts';
import { WskCloseSocket } from './wsk-close-socket.ts';
import { WskConnect, WskConnectEx } from './wsk-connect.ts';
import { WskControlClient } from './wsk-control-client.ts';
import { WskControlSocket } from './wsk-control-socket.ts';
import { WskDisconnect } from './wsk-disconnect.ts';
import { WskGetLocalAddress, WskGetRemoteAddress } from './wsk-get-address.ts';
import { WskFreeAddressInfo, WskGetAddressInfo } from './wsk-get-address-info.ts';
import { WskGetNameInfo } from './wsk-get-name-info.ts';
import { WskInspectComplete } from './wsk-inspect-complete.ts';
import { WskListen } from './wsk-listen.ts';
import { WskReceive } from './wsk-receive.ts';
import { WskReceiveFrom } from './wsk-receive-from.ts';
import { WskRelease, WskReleaseDatagrams } from './wsk-release.ts';
import { WskSend } from './wsk-send.ts';
import { WskSendMessages, WskSendTo } from './wsk-send-to.ts';
import { WskSocket } from './wsk-socket.ts';
import { WskSocketConnect } from './wsk-socket-connect.ts';

// The provider's tables. Member order is that of wsk.h.

export const basicDispatch: WSK_PROVIDER_BASIC_DISPATCH = { WskControlSocket, WskCloseSocket };

export const providerDispatch: WSK_PROVIDER_DISPATCH = {
  Version: MAKE_WSK_VERSION(1, 0),
  Reserved: 0,
  WskSocket,
  WskSocketConnect,
  WskControlClient,
  WskGetAddressInfo,
  WskFreeAddressInfo,
  WskGetNameInfo,
};

export const listenDispatch: WSK_PROVIDER_LISTEN_DISPATCH = {
  ...basicDispatch,
  WskBind,
  WskAccept,
  WskInspectComplete,
  WskGetLocalAddress,
};

export const datagramDispatch: WSK_PROVIDER_DATAGRAM_DISPATCH = {
  ...basicDispatch,
  WskBind,
  WskSendTo,
  WskReceiveFrom,
  WskRelease: WskReleaseDatagrams,
  WskGetLocalAddress,
  WskSendMessages,
};

export const connectionDispatch: WSK_PROVIDER_CONNECTION_DISPATCH = {
  ...basicDispatch,
  WskBind,
  WskConnect,
  WskGetLocalAddress,
  WskGetRemoteAddress,
  WskSend,
  WskReceive,
  WskDisconnect,
  WskRelease,
  WskConnectEx,
};

export const streamDispatch: WSK_PROVIDER_STREAM_DISPATCH = {
  ...basicDispatch,
  WskBind,
  WskAccept,
  WskConnect,
  WskListen,
  WskSend,
  WskReceive,
  WskDisconnect,
  WskRelease,
  WskGetLocalAddress,
  WskGetRemoteAddress,
  WskConnectEx,
};
