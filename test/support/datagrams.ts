import {
  type ADDRESS_FAMILY,
  AF_INET,
  type SOCKADDR,
  SOCKADDR_STORAGE,
  wildcardSockaddr,
} from '../../src/base/index.ts';
import type { KernelRoutine } from '../../src/kernel/index.ts';
import {
  type InputBuffer,
  IPPROTO_UDP,
  SOCK_DGRAM,
  type WSK_BUF_LIST,
  type WSK_CLIENT_DATAGRAM_DISPATCH,
  WSK_FLAG_DATAGRAM_SOCKET,
  type WSK_PROVIDER_DATAGRAM_DISPATCH,
  type WSK_SOCKET,
  WskIoctl,
} from '../../src/wsk/index.ts';
import type { Call, Driver } from './driver.ts';

export const datagram = (socket: WSK_SOCKET): WSK_PROVIDER_DATAGRAM_DISPATCH =>
  socket.Dispatch as WSK_PROVIDER_DATAGRAM_DISPATCH;

/** A datagram socket, not bound yet. */
export function* newDatagramSocket(
  driver: Driver,
  family: ADDRESS_FAMILY = AF_INET,
  dispatch: WSK_CLIENT_DATAGRAM_DISPATCH | null = null,
  context: unknown = null,
): KernelRoutine<WSK_SOCKET> {
  const { client, provider } = driver;
  const { WskSocket } = provider;
  const flags = WSK_FLAG_DATAGRAM_SOCKET;
  const { socket } = yield* driver.call((irp) =>
    WskSocket(client, family, SOCK_DGRAM, IPPROTO_UDP, flags, context, dispatch, null, null, null, irp),
  );
  return socket;
}

/** The same, bound to the wildcard address and a free port unless told otherwise. */
export function* datagramSocket(
  driver: Driver,
  local: SOCKADDR = wildcardSockaddr(AF_INET),
  dispatch: WSK_CLIENT_DATAGRAM_DISPATCH | null = null,
): KernelRoutine<WSK_SOCKET> {
  const socket = yield* newDatagramSocket(driver, local.sa_family, dispatch);
  yield* driver.bind(socket, local);
  return socket;
}

export const sendTo = (
  driver: Driver,
  socket: WSK_SOCKET,
  data: Uint8Array | string,
  to: SOCKADDR | null,
  flags = 0,
  controlLength = 0,
): Call =>
  driver.start((irp) => datagram(socket).WskSendTo(socket, driver.buffer(data), flags, to, controlLength, null, irp));

export const sendMessages = (
  driver: Driver,
  socket: WSK_SOCKET,
  texts: readonly (string | Uint8Array)[],
  to: SOCKADDR | null,
  flags = 0,
): Call => {
  const list = texts.reduceRight<WSK_BUF_LIST | null>((Next, text) => ({ Next, Buffer: driver.buffer(text) }), null);
  return driver.start((irp) => datagram(socket).WskSendMessages(socket, list!, flags, to, 0, null, irp));
};

/** A WskReceiveFrom with room for everything. */
export class Receiving {
  readonly call: Call;
  readonly from = new SOCKADDR_STORAGE();
  readonly controlLength: { value: number };
  readonly control: Uint8Array;
  readonly flags = { value: -1 };
  private readonly into: Uint8Array;

  constructor(driver: Driver, socket: WSK_SOCKET, size = 65_536, controlSize = 64) {
    this.into = new Uint8Array(size);
    this.control = new Uint8Array(controlSize);
    this.controlLength = { value: controlSize };
    const { from, controlLength, control, flags } = this;
    const buffer = driver.buffer(this.into);
    this.call = driver.start((irp) =>
      datagram(socket).WskReceiveFrom(socket, buffer, 0, from, controlLength, control, flags, irp),
    );
  }

  get text(): string {
    return Buffer.from(this.into.subarray(0, this.call.information as number)).toString();
  }
}

/** Receives one datagram. */
export function* receiveFrom(driver: Driver, socket: WSK_SOCKET, size?: number): KernelRoutine<Receiving> {
  const receiving = new Receiving(driver, socket, size);
  yield* driver.wait(receiving.call);
  return receiving;
}

/** WskControlSocket with an I/O control that takes an address, or none to take it back. */
export const setAddress = (driver: Driver, socket: WSK_SOCKET, code: number, address: InputBuffer | null): Call =>
  driver.start((irp) =>
    socket.Dispatch.WskControlSocket(socket, WskIoctl, code, 0, address === null ? 0 : 28, address, 0, null, null, irp),
  );
