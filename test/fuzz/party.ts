import type { NTSTATUS, Random } from '../../src/base/index.ts';
import {
  type ByteSink,
  type ByteSource,
  CLOSED,
  type TcpClient,
  type TcpConnection,
  TIME_WAIT,
} from '../../src/tcpip/index.ts';

/** The byte at a place in every stream of the fuzzer. */
const byteAt = (at: number): number => (Math.imul(at, 0x9e3779b1) >>> 24) & 0xff;
const PERIOD = 1 << 16;
const stream = Uint8Array.from({ length: 2 * PERIOD }, (_, i) => byteAt(i % PERIOD));

class Stretch implements ByteSource {
  readonly length: number;
  private readonly start: number;
  constructor(start: number, length: number) {
    this.start = start;
    this.length = length;
  }
  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    const start = (this.start + from) % PERIOD;
    into.set(stream.subarray(start, start + count), at);
  }
}

/** One end of a conversation: sends `total` bytes, ends its side, and looks at every byte that comes. */
export class Party implements TcpClient, ByteSink {
  readonly isProtected: boolean;
  readonly total: number;
  readonly bornAt: number;
  connection: TcpConnection | null = null;
  /** Takes all that comes at once; else `drain` does, later. */
  isEager = true;
  /** Queues all it has at once, in large pieces. */
  isBusy = false;
  received = 0;
  gotEnd = false;
  failure: NTSTATUS | null = null;
  /** A byte that the other side did not send. */
  corruptAt = -1;
  readonly length = 8192;
  private sent: number;
  private readonly random: Random;

  constructor(random: Random, isProtected: boolean, total: number, bornAt: number, early = 0) {
    this.random = random;
    this.isProtected = isProtected;
    this.total = total;
    this.bornAt = bornAt;
    this.sent = early;
  }

  static early(length: number): ByteSource {
    return new Stretch(0, length);
  }

  /** Queues the next piece, or ends the side. */
  go(): void {
    const { connection, random } = this;
    if (connection === null) return;
    while (this.sent < this.total && connection.canSend) {
      const size = this.isBusy ? PERIOD : 1 + random.below(random.below(3) === 0 ? 40 : 9000);
      const count = Math.min(size, this.total - this.sent, PERIOD / 2);
      connection.send(new Stretch(this.sent, count));
      this.sent += count;
      if (!this.isBusy && random.below(2) === 0) return;
    }
    if (this.sent === this.total) connection.shutdown();
  }

  drain(): void {
    const { connection } = this;
    if (connection === null) return;
    while (connection.read(this) > 0) {
      // until it is empty
    }
  }

  copyFrom(_at: number, from: Uint8Array, offset: number, count: number): void {
    const start = this.received % PERIOD;
    this.received += count;
    for (let i = 0; i < count; i++) {
      if (from[offset + i] === stream[start + i]) continue;
      if (this.corruptAt < 0) this.corruptAt = this.received - count + i;
      return;
    }
  }

  get isOver(): boolean {
    const { connection } = this;
    return (
      this.failure !== null || connection === null || connection.state === CLOSED || connection.state === TIME_WAIT
    );
  }

  onConnected(): void {
    this.go();
  }
  onConnectFailed(status: NTSTATUS): void {
    this.failure = status;
  }
  onSent(): void {
    if (this.sent < this.total) this.go();
    else if (this.connection?.canSend) this.connection.shutdown();
  }
  onReadable(): void {
    if (this.isEager) this.drain();
  }
  onEof(): void {
    this.drain();
    this.gotEnd = true;
  }
  onFinAcked(): void {}
  onReset(status: NTSTATUS): void {
    this.failure = status;
  }
}
