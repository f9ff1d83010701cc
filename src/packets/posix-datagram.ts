import { type NTSTATUS, STATUS_SUCCESS } from '../base/index.ts';
import { DatagramInfo, type UdpClient, type UdpEndpoint } from '../tcpip/index.ts';
import { type Errno, errnoOf } from './errno.ts';
import { PatternSink, PatternSource } from './pattern.ts';
import type { Address, CallResult, SocketWorld } from './posix-socket.ts';

const READABLE = 1;
const WRITABLE = 4;
const IN_ERROR = 8;

/** A datagram socket as POSIX has it, on a UDP endpoint of our stack. The bytes of each datagram are the pattern's first. */
export class PosixDatagram implements UdpClient {
  readonly world: SocketWorld;
  readonly version: 4 | 6;
  nonBlocking = false;
  /** A received byte was not what the script's other side sent. */
  corruptAt = -1;
  private endpoint: UdpEndpoint | null = null;
  private error: Errno | null = null;
  private readonly info = new DatagramInfo();

  constructor(world: SocketWorld, version: 4 | 6) {
    this.world = world;
    this.version = version;
  }

  /** 0 before it has one. */
  get localPort(): number {
    return this.endpoint?.localPort ?? 0;
  }

  /** As poll() tells it. */
  get readiness(): number {
    const isReadable = this.error !== null || (this.endpoint?.waiting ?? 0) > 0;
    return WRITABLE | (isReadable ? READABLE : 0) | (this.error === null ? 0 : IN_ERROR);
  }

  bind({ words, port }: Address): CallResult {
    if (this.endpoint !== null) return 'EINVAL';
    const made = this.world.host.udp.bind(this.version, words, port, this);
    if (typeof made === 'number') return errnoOf(made);
    this.endpoint = made;
    return 0;
  }

  connect({ words, port }: Address): CallResult {
    return this.with((endpoint) => endpoint.connect({ version: this.version, words: words!, port }));
  }

  /** @param to null for the peer */
  send(count: number, to: Address | null): CallResult {
    const waiting = this.takeError();
    if (waiting !== null) return waiting;
    const address = to === null ? null : { version: to.version, words: to.words!, port: to.port };
    const failed = this.with((endpoint) => endpoint.sendTo(new PatternSource(0, count), address));
    return failed === 0 ? count : failed;
  }

  receive(count: number): CallResult {
    const waiting = this.takeError();
    if (waiting !== null) return waiting;
    const sink = new PatternSink(0, count);
    if (this.endpoint === null || !this.endpoint.receive(sink, this.info)) return this.nonBlocking ? 'EAGAIN' : null;
    if (sink.fault >= 0) this.corruptAt = sink.fault;
    return this.info.copied;
  }

  /** SO_ERROR: once. */
  takeError(): Errno | null {
    const { error } = this;
    this.error = null;
    return error;
  }

  /** What a setting of the endpoint is changed to; it is made if need be. */
  change(act: (endpoint: UdpEndpoint) => void): CallResult {
    return this.with((endpoint) => {
      act(endpoint);
      return STATUS_SUCCESS;
    });
  }

  close(): void {
    this.endpoint?.close();
  }

  onReadable(): void {}

  /** Linux tells of errors on connected sockets only, unless IP_RECVERR is set. */
  onError(): void {
    const { status } = this.endpoint!.takeError();
    if (this.endpoint!.peer !== null) this.error = errnoOf(status);
  }

  /** A socket without a port gets one of the ephemeral range. */
  private with(act: (endpoint: UdpEndpoint) => NTSTATUS): CallResult {
    const bound = this.endpoint === null ? this.bind({ version: this.version, words: null, port: 0 }) : 0;
    if (bound !== 0) return bound;
    const status = act(this.endpoint!);
    return status === STATUS_SUCCESS ? 0 : errnoOf(status);
  }
}
