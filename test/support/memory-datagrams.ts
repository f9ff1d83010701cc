import {
  type ADDRESS_FAMILY,
  copySockaddr,
  type NTSTATUS,
  type SOCKADDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_ACCESS_DENIED,
  STATUS_ADDRESS_ALREADY_ASSOCIATED,
  STATUS_CANCELLED,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_BUFFER_SIZE,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../src/base/index.ts';
import { DatagramStore } from '../../src/transport/datagram-store.ts';
import {
  type DatagramEndpoint,
  type DatagramEvents,
  DatagramInfo,
  type DatagramLease,
  type DatagramOption,
  type Gather,
  type Scatter,
  type TransportOp,
} from '../../src/wsk/transport.ts';
import { hostOf, isAny, isOurs, type MemoryNetwork } from './memory-network.ts';

const LONGEST = 65_507;
const BROADCAST = '255.255.255.255';

/** An endpoint for datagrams in memory: all that is sent arrives, if somebody is bound to its port. */
export class MemoryDatagrams implements DatagramEndpoint {
  private readonly network: MemoryNetwork;
  private readonly family: ADDRESS_FAMILY;
  private readonly events: DatagramEvents;
  private readonly options = new Map<DatagramOption, number>([['receiveBuffer', 65_536]]);
  private readonly store = new DatagramStore(65_536);
  private local: SOCKADDR | null = null;
  /** The address that others know it by, once one has sent there: it answers from it. */
  private knownAs: SOCKADDR | null = null;
  private isClosed = false;
  /** Sends that do not get away: see `MemoryNetwork.stalled`. */
  private readonly pending = new Set<TransportOp>();

  constructor(network: MemoryNetwork, family: ADDRESS_FAMILY, events: DatagramEvents) {
    this.network = network;
    this.family = family;
    this.events = events;
  }

  bind(address: SOCKADDR, op: TransportOp): void {
    if (!isOurs(address)) this.report(op, STATUS_INVALID_ADDRESS_COMPONENT);
    else if (this.network.forbiddenPorts.has(address.port)) this.report(op, STATUS_ACCESS_DENIED);
    else {
      this.local = this.network.bindDatagrams(this, address, this.getOption('reuseAddress') === 1);
      this.report(op, this.local === null ? STATUS_ADDRESS_ALREADY_ASSOCIATED : STATUS_SUCCESS);
    }
  }

  sendTo(data: Gather, to: SOCKADDR, op: TransportOp): void {
    const status = this.refusalOf(data, to);
    if (status === STATUS_SUCCESS && this.network.stalled) this.pending.add(op);
    else this.report(op, status, status === STATUS_SUCCESS ? data.length : 0);
    if (status !== STATUS_SUCCESS) return;
    const bytes = new Uint8Array(data.length);
    data.copyTo(0, bytes, 0, data.length);
    const from = this.senderTowards(to);
    const target = copySockaddr(to);
    this.network.after(1, () => {
      for (const endpoint of this.network.datagramsAt(target)) endpoint.arrive(bytes, from, target);
    });
  }

  private refusalOf(data: Gather, to: SOCKADDR): NTSTATUS {
    if (this.isClosed) return STATUS_CANCELLED;
    if (this.local === null) return STATUS_INVALID_DEVICE_STATE;
    if (data.length > LONGEST) return STATUS_INVALID_BUFFER_SIZE;
    if (hostOf(to) === BROADCAST && this.getOption('broadcast') !== 1) return STATUS_ACCESS_DENIED;
    return this.network.unreachable.has(hostOf(to)) ? STATUS_NETWORK_UNREACHABLE : STATUS_SUCCESS;
  }

  private senderTowards(to: SOCKADDR): SOCKADDR {
    const local = this.local!;
    if (!isAny(local) || this.knownAs !== null) return copySockaddr(this.knownAs ?? local);
    const { port } = local;
    return to.sa_family === 2 ? new SOCKADDR_IN('10.0.0.1', port) : new SOCKADDR_IN6('fd00::1', port);
  }

  private arrive(bytes: Uint8Array, from: SOCKADDR, to: SOCKADDR): void {
    const info = new DatagramInfo(this.family);
    if (hostOf(to) !== BROADCAST) this.knownAs = to;
    info.remote.assign(from);
    info.local.address.set(to.address);
    info.interfaceIndex = 1;
    info.length = bytes.length;
    info.cast = hostOf(to) === BROADCAST ? 'broadcast' : 'unicast';
    if (this.store.push({ bytes: bytes.slice(), info })) this.events.onReadable();
  }

  receive(into: Scatter, info: DatagramInfo): boolean {
    return this.store.receive(into, info);
  }

  borrow(): DatagramLease | null {
    return this.store.lendNext();
  }

  setRemote(remote: SOCKADDR | null): NTSTATUS {
    this.store.remote = remote;
    return STATUS_SUCCESS;
  }

  close(op: TransportOp): void {
    this.isClosed = true;
    this.network.unbindDatagrams(this, this.local);
    this.endAll(STATUS_CANCELLED);
    this.report(op, STATUS_SUCCESS);
  }

  /** The system takes the endpoint away. */
  forceClose(): void {
    this.endAll(STATUS_FILE_FORCED_CLOSED);
    this.network.after(0, () => this.events.onReset(STATUS_FILE_FORCED_CLOSED));
  }

  private endAll(status: NTSTATUS): void {
    for (const op of this.pending) this.report(op, status);
    this.pending.clear();
  }

  cancel(op: TransportOp): boolean {
    return this.pending.delete(op);
  }

  localAddress(): SOCKADDR | null {
    return this.local;
  }

  setOption(option: DatagramOption, value: number): NTSTATUS {
    if (this.network.missingOptions.has(option)) return STATUS_NOT_SUPPORTED;
    this.options.set(option, value);
    if (option === 'receiveBuffer') this.store.limit = value;
    return STATUS_SUCCESS;
  }

  getOption(option: DatagramOption): number {
    return this.options.get(option) ?? 0;
  }

  private report(op: TransportOp, status: NTSTATUS, information = 0): void {
    this.network.after(0, () => op.onTransportComplete(status, information));
  }
}
