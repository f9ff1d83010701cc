import type { Clock } from '../time/index.ts';
import { PacketStore } from './packet-store.ts';
import { RECORD_FIELDS, RecordKind, type TraceRecord } from './record.ts';

const CHUNK = 4096;

/** Bytes of packets that are kept. */
const PACKET_BYTES = 256 * 1024 * 1024;

/**
 * Keeps what happened as fixed-width integers: one time and six fields per record, decoded only when somebody looks.
 * Names (functions, threads, texts) are interned once. When a limit is reached the oldest chunk makes room, and with
 * it the bytes of its packets.
 */
export class Recorder {
  private readonly clock: Clock;
  private readonly limit: number;
  private readonly chunks: { times: Float64Array; fields: Int32Array; firstPacket: number }[] = [];
  private fill = CHUNK;
  private readonly nameIds = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly packets = new PacketStore();
  private readonly packetBytes: number;
  /** Records that made room for newer ones. */
  dropped = 0;

  /** @param limit records kept, rounded up to whole chunks of 4,096  @param packetBytes of packets kept, give or take a chunk */
  constructor(clock: Clock, limit = 1_048_576, packetBytes = PACKET_BYTES) {
    this.clock = clock;
    this.packetBytes = packetBytes;
    this.limit = Math.max(1, Math.ceil(limit / CHUNK));
  }

  record(kind: RecordKind, machine: number, a: number, b: number, c: number, d: number): void {
    if (this.fill === CHUNK) this.nextChunk();
    const chunk = this.chunks[this.chunks.length - 1];
    chunk.times[this.fill] = this.clock.now();
    const at = this.fill++ * RECORD_FIELDS;
    chunk.fields[at] = kind;
    chunk.fields[at + 1] = machine;
    chunk.fields[at + 2] = a;
    chunk.fields[at + 3] = b;
    chunk.fields[at + 4] = c;
    chunk.fields[at + 5] = d;
  }

  /**
   * Records a packet with its bytes.
   * @param end name id of the link's end that it entered  @param fate name id of what became of it  @param from start of the packet in `bytes`
   * @param arrival nanoseconds; NaN for a packet that never arrives  @param to name id of the end that it comes out of
   */
  recordPacket(
    end: number,
    fate: number,
    cause: number,
    bytes: Uint8Array,
    from: number,
    length: number,
    arrival = Number.NaN,
    to = end,
  ): void {
    this.record(RecordKind.Packet, 0, end, fate, cause, this.packets.add(bytes, from, length, arrival, to));
  }

  /** The bytes of a packet by field d of its record. */
  packet(index: number): Uint8Array {
    return this.packets.get(index);
  }

  /** When a packet comes out of its link, nanoseconds, by field d of its record; null for one that never does. */
  arrival(index: number): number | null {
    const at = this.packets.arrival(index);
    return Number.isNaN(at) ? null : at;
  }

  /** Name id of the end that a packet comes out of, or would have, by field d of its record. */
  destination(index: number): number {
    return this.packets.destination(index);
  }

  /** The number that stands for a text in records. */
  intern(name: string): number {
    let id = this.nameIds.get(name);
    if (id === undefined) {
      id = this.names.push(name) - 1;
      this.nameIds.set(name, id);
    }
    return id;
  }

  nameOf(id: number): string {
    return this.names[id] ?? `#${id}`;
  }

  get length(): number {
    return this.chunks.length === 0 ? 0 : (this.chunks.length - 1) * CHUNK + this.fill;
  }

  /** All records kept, oldest first. */
  *records(): Generator<TraceRecord> {
    for (const chunk of this.chunks) {
      const count = chunk === this.chunks[this.chunks.length - 1] ? this.fill : CHUNK;
      for (let i = 0; i < count; i++) {
        const at = i * RECORD_FIELDS;
        const [kind, machine, a, b, c, d] = chunk.fields.subarray(at, at + RECORD_FIELDS);
        yield { time: chunk.times[i], kind: kind as RecordKind, machine, a, b, c, d };
      }
    }
  }

  private nextChunk(): void {
    const { chunks, packets } = this;
    const fields = new Int32Array(CHUNK * RECORD_FIELDS);
    chunks.push({ times: new Float64Array(CHUNK), fields, firstPacket: packets.count });
    while (chunks.length > this.limit || (chunks.length > 1 && packets.bytes > this.packetBytes)) {
      chunks.shift();
      this.dropped += CHUNK;
      packets.giveUpBefore(chunks[0].firstPacket);
    }
    this.fill = 0;
  }
}
