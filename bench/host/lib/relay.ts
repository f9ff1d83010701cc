import { read, writeSync } from 'node:fs';

const LARGEST = 2048;

/**
 * Carries packets between two TUN devices, each for `delay` milliseconds on the way, and measures the round trip of
 * every handshake as the client's side sees it.
 */
export class Relay {
  /** Milliseconds from a SYN of the client to the SYN-ACK for it. */
  readonly roundTrips: number[] = [];
  private readonly delay: number;
  private readonly onTheWay: { due: number; to: number; packet: Buffer }[] = [];
  private readonly syns = new Map<number, number>();
  private readonly client: number;
  private waiting = false;

  constructor(client: number, server: number, delay: number) {
    this.client = client;
    this.delay = delay;
    this.listen(client, server);
    this.listen(server, client);
  }

  private listen(from: number, to: number): void {
    const packet = Buffer.allocUnsafe(LARGEST);
    read(from, packet, 0, LARGEST, null, (error, length) => {
      if (error !== null) throw error;
      const now = performance.now();
      if (from === this.client) this.noteSyn(packet, now);
      // The delay is the same both ways: what comes first is due first.
      this.onTheWay.push({ due: now + this.delay, to, packet: packet.subarray(0, length) });
      if (!this.waiting) this.wait();
      this.listen(from, to);
    });
  }

  /** Timers are a millisecond coarse: the last one is spent polling. */
  private wait(): void {
    this.waiting = true;
    const left = this.onTheWay[0].due - performance.now();
    if (left > 2) setTimeout(() => this.wait(), left - 2);
    else if (left > 0) setImmediate(() => this.wait());
    else this.deliver();
  }

  private deliver(): void {
    const { to, packet } = this.onTheWay.shift()!;
    if (to === this.client) this.noteSynAck(packet);
    writeSync(to, packet);
    if (this.onTheWay.length > 0) this.wait();
    else this.waiting = false;
  }

  private noteSyn(packet: Buffer, now: number): void {
    const tcp = tcpHeader(packet);
    if (tcp !== null && (tcp[13] & 0x12) === 0x02) this.syns.set(tcp.readUInt16BE(0), now);
  }

  private noteSynAck(packet: Buffer): void {
    const tcp = tcpHeader(packet);
    if (tcp === null || (tcp[13] & 0x12) !== 0x12) return;
    const sent = this.syns.get(tcp.readUInt16BE(2));
    if (sent !== undefined) this.roundTrips.push(performance.now() - sent);
  }
}

const tcpHeader = (packet: Buffer): Buffer | null =>
  packet[0] >> 4 === 4 && packet[9] === 6 ? packet.subarray((packet[0] & 15) * 4) : null;
