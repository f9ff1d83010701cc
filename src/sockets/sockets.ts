import {
  type ADDRESS_FAMILY,
  AF_INET6,
  OpenWskError,
  parseSockaddr,
  type SOCKADDR,
  SOCKADDR_STORAGE,
  wildcardSockaddr,
} from '../base/index.ts';
import type { Kernel } from '../kernel/index.ts';
import {
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV6_V6ONLY,
  MAKE_WSK_VERSION,
  SO_BROADCAST,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_FASTOPEN,
  ULONG,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_DATAGRAM_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  WSK_INFINITE_WAIT,
  type WSK_PROVIDER_CONNECTION_DISPATCH,
  type WSK_PROVIDER_DATAGRAM_DISPATCH,
  type WSK_PROVIDER_LISTEN_DISPATCH,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
  type WSK_SOCKET,
  type Wsk,
  WskCaptureProviderNPI,
  WskDeregister,
  WskRegister,
  WskReleaseProviderNPI,
  WskSetOption,
} from '../wsk/index.ts';
import { Caller, type CallLimits } from './caller.ts';
import { bytesOf, Connection } from './connection.ts';
import { DatagramSocket } from './datagram-socket.ts';
import { Listener } from './listener.ts';
import { runThread } from './run-thread.ts';

/** How to connect. */
export interface ConnectOptions extends CallLimits {
  /** Bytes to send during or right after the handshake: WskConnectEx's Buffer, at most 65,535. */
  readonly data?: Uint8Array | string;
  /** Lets `data` ride in the SYN when a cookie is at hand (TCP_FASTOPEN). Only for requests that may arrive twice. */
  readonly fastOpen?: boolean;
  /** Local address with port, of the same family; by default the choice is the system's. */
  readonly local?: SOCKADDR | string;
}

/** How to send and receive datagrams. */
export interface DatagramOptions {
  /** Lets datagrams go to broadcast addresses (SO_BROADCAST). */
  readonly broadcast?: boolean;
  /** An IPv6 socket that takes IPv4 too. */
  readonly dualStack?: boolean;
}

/** How to listen. */
export interface ListenOptions {
  /** Gives out Fast Open cookies and takes data in SYNs. */
  readonly fastOpen?: boolean;
  /** An IPv6 listener that takes IPv4 connections too. */
  readonly dualStack?: boolean;
}

/**
 * WSK in the style of JavaScript: promises, iteration, disposal. Every method is a few WSK calls; whoever wants the
 * NPI itself finds it in openwsk/wsk.
 * @example
 * const sockets = await Sockets.open(await openHostMachine());
 * const connection = await sockets.connect('10.0.0.2:7', { fastOpen: true, data: 'hello' });
 */
export class Sockets {
  readonly caller: Caller;
  private readonly wsk: Wsk;
  private readonly registration = new WSK_REGISTRATION();
  private readonly npi = new WSK_PROVIDER_NPI();
  private closing: Promise<void> | null = null;

  private constructor(wsk: Wsk) {
    this.wsk = wsk;
    this.caller = new Caller(wsk.kernel);
  }

  /** Registers with the WSK of a machine (WskRegister, WskCaptureProviderNPI). Pair with `close`. */
  static async open(machine: { readonly kernel: Kernel; readonly wsk: Wsk }): Promise<Sockets> {
    const sockets = new Sockets(machine.wsk);
    const { wsk, registration, npi } = sockets;
    const Dispatch = { Version: MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null } as const;
    WskRegister(wsk, { ClientContext: null, Dispatch }, registration);
    await runThread(wsk.kernel, 'sockets', () => WskCaptureProviderNPI(wsk, registration, WSK_INFINITE_WAIT, npi));
    return sockets;
  }

  /**
   * Connects, sending `data` with the handshake if given.
   * @param to `10.0.0.2:7`, `[fd00::2]:7` or a SOCKADDR
   * @throws WskError STATUS_CONNECTION_REFUSED, STATUS_IO_TIMEOUT (also the limit given), STATUS_NETWORK_UNREACHABLE,
   *   STATUS_HOST_UNREACHABLE, STATUS_BUFFER_OVERFLOW (`data` over 65,535 bytes), STATUS_INVALID_ADDRESS_COMPONENT
   *   (remote port 0, or a local address that is not of this machine), STATUS_ADDRESS_ALREADY_ASSOCIATED (local port
   *   taken), STATUS_INVALID_PARAMETER (addresses of two families); OpenWskError OWSK_INVALID_ADDRESS; BugCheck
   */
  async connect(to: SOCKADDR | string, options: ConnectOptions = {}): Promise<Connection> {
    const remote = typeof to === 'string' ? parseSockaddr(to) : to;
    const local = typeof options.local === 'string' ? parseSockaddr(options.local) : options.local;
    const socket = await this.socket(WSK_FLAG_CONNECTION_SOCKET, remote.sa_family);
    const dispatch = socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;
    try {
      const from = local ?? wildcardSockaddr(remote.sa_family);
      await this.caller.call('WskBind', (irp) => dispatch.WskBind(socket, from, 0, irp));
      if (options.fastOpen) await this.setOption(socket, IPPROTO_TCP, TCP_FASTOPEN, 1);
      const buffer = options.data === undefined ? null : this.caller.buffer(bytesOf(options.data));
      const call = (irp: Parameters<WSK_PROVIDER_CONNECTION_DISPATCH['WskConnectEx']>[4]) =>
        dispatch.WskConnectEx(socket, remote, buffer, 0, irp);
      await this.caller.call('WskConnectEx', call, options);
      return await Connection.from(this.caller, socket, remote);
    } catch (error) {
      await this.closeQuietly(socket);
      throw error;
    }
  }

  /**
   * Listens.
   * @param at `0.0.0.0:7`, `[::]:7` or a SOCKADDR; port 0 takes a free one, to be read from `localAddress`
   * @throws WskError STATUS_ADDRESS_ALREADY_ASSOCIATED (port taken), STATUS_INVALID_ADDRESS_COMPONENT (not an address
   *   of this machine), STATUS_ACCESS_DENIED; OpenWskError OWSK_INVALID_ADDRESS; BugCheck
   */
  async listen(at: SOCKADDR | string, options: ListenOptions = {}): Promise<Listener> {
    const address = typeof at === 'string' ? parseSockaddr(at) : at;
    const socket = await this.socket(WSK_FLAG_LISTEN_SOCKET, address.sa_family);
    const dispatch = socket.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;
    try {
      if (options.fastOpen) await this.setOption(socket, IPPROTO_TCP, TCP_FASTOPEN, 1);
      const local = await this.bind(socket, dispatch, address, options);
      return new Listener(this.caller, socket, local);
    } catch (error) {
      await this.closeQuietly(socket);
      throw error;
    }
  }

  /**
   * Opens a socket for datagrams (UDP).
   * @param at `0.0.0.0:7`, `[::]:7` or a SOCKADDR; port 0 takes a free one, to be read from `localAddress`
   * @throws WskError as `listen` does; STATUS_NOT_SUPPORTED (`broadcast` on the simulated network)
   */
  async datagram(at: SOCKADDR | string = '0.0.0.0:0', options: DatagramOptions = {}): Promise<DatagramSocket> {
    const address = typeof at === 'string' ? parseSockaddr(at) : at;
    const socket = await this.socket(WSK_FLAG_DATAGRAM_SOCKET, address.sa_family);
    const dispatch = socket.Dispatch as WSK_PROVIDER_DATAGRAM_DISPATCH;
    try {
      if (options.broadcast) await this.setOption(socket, SOL_SOCKET, SO_BROADCAST, 1);
      const local = await this.bind(socket, dispatch, address, options);
      return new DatagramSocket(this.caller, socket, local);
    } catch (error) {
      await this.closeQuietly(socket);
      throw error;
    }
  }

  /** @returns the address that came of it */
  private async bind(
    socket: WSK_SOCKET,
    dispatch: WSK_PROVIDER_LISTEN_DISPATCH | WSK_PROVIDER_DATAGRAM_DISPATCH,
    address: SOCKADDR,
    { dualStack = false }: { readonly dualStack?: boolean },
  ): Promise<SOCKADDR> {
    if (dualStack && address.sa_family === AF_INET6) await this.setOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    await this.caller.call('WskBind', (irp) => dispatch.WskBind(socket, address, 0, irp));
    const local = new SOCKADDR_STORAGE();
    await this.caller.call('WskGetLocalAddress', (irp) => dispatch.WskGetLocalAddress(socket, local, irp));
    return local.address!;
  }

  /** Deregisters (WskDeregister), once every connection, listener and datagram socket made here is closed: for ever, if one is not. */
  close(): Promise<void> {
    if (this.closing === null) {
      WskReleaseProviderNPI(this.wsk, this.registration);
      this.closing = runThread(this.wsk.kernel, 'sockets', () => WskDeregister(this.wsk, this.registration));
    }
    return this.closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async socket(category: number, family: ADDRESS_FAMILY): Promise<WSK_SOCKET> {
    if (this.closing !== null) {
      throw new OpenWskError('OWSK_CLOSED', 'the Sockets were closed: connect and listen before close()');
    }
    const { Client, Dispatch } = this.npi;
    const [type, protocol] =
      category === WSK_FLAG_DATAGRAM_SOCKET ? [SOCK_DGRAM, IPPROTO_UDP] : [SOCK_STREAM, IPPROTO_TCP];
    const call = (irp: Parameters<typeof Dispatch.WskSocket>[10]) =>
      Dispatch.WskSocket(Client, family, type, protocol, category, null, null, null, null, null, irp);
    return (await this.caller.call('WskSocket', call)) as WSK_SOCKET;
  }

  private async setOption(socket: WSK_SOCKET, level: number, code: number, value: number): Promise<void> {
    const call = (irp: Parameters<WSK_SOCKET['Dispatch']['WskControlSocket']>[9]) =>
      socket.Dispatch.WskControlSocket(socket, WskSetOption, code, level, 4, ULONG(value), 0, null, null, irp);
    await this.caller.call('WskControlSocket', call);
  }

  private async closeQuietly(socket: WSK_SOCKET): Promise<void> {
    if (this.wsk.kernel.crash !== null) return;
    await this.caller.call('WskCloseSocket', (irp) => socket.Dispatch.WskCloseSocket(socket, irp));
  }
}
