import { ACK, RST, SYN, type TcpOptionValue, type TcpSegment } from '../tcpip/wire/index.ts';
import type { LivePacket } from './live-packet.ts';

/**
 * One connection as the script sees it, beside the one that our stack sees. Scripts count sequence numbers from the
 * initial ones: in a SYN they stand for themselves, everywhere else the first byte is number 1. So a packet with SYN is
 * shifted by the difference of the initial numbers, any other by the live initial number. The remote side's live
 * numbers lie just below the wrap at 2^32, so that every script crosses it early.
 */
const REMOTE_BASE = 0xffff_f000;

export class Flow {
  readonly version: 4 | 6;
  readonly localPort: number;
  readonly remotePort: number;
  readonly remote: Uint8Array;
  /** What our stack sent and the script has not asked for yet. */
  readonly queue: LivePacket[] = [];
  /** Timestamps of ours: what the script called them, and what they were. */
  readonly timestamps = new Map<number, number>();
  /** First timestamp of ours, in the script and live: the others are counted from here. */
  timestampBase: readonly [script: number, live: number] | null = null;
  /** The MSS that the remote side announced in the script. */
  remoteMss = 536;
  scriptLocalIsn = 0;
  liveLocalIsn: number | null = null;
  scriptRemoteIsn: number | null = null;
  /** The next SYN of ours starts a new life of the connection: its number is taken over. */
  startsAnew = true;
  /** Something other than a SYN has passed: the initial numbers are agreed upon. */
  private isSettled = false;
  private offered: readonly [isn: number, mss: number] | null = null;

  constructor(version: 4 | 6, localPort: number, remotePort: number, remote: Uint8Array) {
    this.version = version;
    this.localPort = localPort;
    this.remotePort = remotePort;
    this.remote = remote;
  }

  /** Notes a packet that our stack sent. */
  sent(packet: LivePacket): void {
    const { flags, sequence } = packet.segment;
    if ((flags & SYN) !== 0) {
      if (this.startsAnew) this.liveLocalIsn = sequence;
      this.startsAnew = false;
      if (this.offered !== null) this.adopt(this.offered[0], this.offered[1]);
    } else if ((flags & RST) === 0) this.isSettled = true;
    this.queue.push(packet);
  }

  /**
   * The script's remote side sends a SYN with this number. On a connection that has begun it counts once we answer
   * with a SYN of ours; before that it may be a stray one.
   */
  remoteSyn(scriptIsn: number, mss: number, isAnswer: boolean): void {
    if (!this.isSettled) this.adopt(scriptIsn, mss);
    else if (!isAnswer && scriptIsn !== this.scriptRemoteIsn) {
      this.offered = [scriptIsn, mss];
      this.startsAnew = true;
    }
  }

  /** The script's remote side sends something without SYN. */
  remoteSegment(): void {
    this.isSettled = true;
  }

  private adopt(scriptIsn: number, mss: number): void {
    this.scriptRemoteIsn = scriptIsn;
    this.remoteMss = mss;
    this.offered = null;
    this.isSettled = false;
  }

  get liveRemoteIsn(): number {
    return (REMOTE_BASE + (this.scriptRemoteIsn ?? 0)) >>> 0;
  }

  /** What to add to a number of the script to have the live one. */
  localShift(isSyn: boolean): number {
    const live = this.liveLocalIsn ?? 0;
    return isSyn ? live - this.scriptLocalIsn : live;
  }

  remoteShift(isSyn: boolean): number {
    return isSyn ? REMOTE_BASE : this.liveRemoteIsn;
  }

  /** A packet of ours with its numbers as the script counts them; timestamps of ours are live still. */
  toScript(segment: TcpSegment): TcpSegment {
    const isSyn = (segment.flags & SYN) !== 0;
    const remote = this.remoteShift(isSyn);
    const local = this.localShift(isSyn);
    return {
      ...segment,
      sequence: (segment.sequence - local) >>> 0,
      acknowledgment: (segment.flags & ACK) === 0 ? segment.acknowledgment : (segment.acknowledgment - remote) >>> 0,
      options: segment.options.map((option) => this.optionToScript(option)),
    };
  }

  private optionToScript(option: TcpOptionValue): TcpOptionValue {
    if (option.kind !== 'sack') return option;
    const shift = this.remoteShift(false);
    return {
      kind: 'sack',
      blocks: option.blocks.map(([left, right]) => [(left - shift) >>> 0, (right - shift) >>> 0] as const),
    };
  }
}
