/** Packets of a chunk, a power of two. */
const CHUNK = 1 << 9;
const SHIFT = 9;
/** Bytes that a chunk has room for at first. */
const ROOM = 64 * 1024;

/** The bytes of packets that were recorded one after the other, and what is known of each. */
class Chunk {
  bytes = new Uint8Array(ROOM);
  used = 0;
  /** Where each packet ends; it begins where the one before it does. */
  readonly ends = new Int32Array(CHUNK);
  readonly arrivals = new Float64Array(CHUNK);
  readonly destinations = new Int32Array(CHUNK);

  append(packet: Uint8Array): void {
    while (this.used + packet.length > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(packet, this.used);
    this.used += packet.length;
  }
}

/** The bytes of recorded packets, those that were added first given up first. */
export class PacketStore {
  private readonly chunks: Chunk[] = [];
  /** Chunks that were given up. */
  private gone = 0;
  /** Packets that were added. */
  count = 0;

  /** Bytes of memory that are taken by packets, not less than theirs. */
  get bytes(): number {
    return this.chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /**
   * @param arrival nanoseconds; NaN for a packet that never arrives  @param destination name id of the end that it comes out of
   * @returns the packet's number
   */
  add(bytes: Uint8Array, from: number, length: number, arrival: number, destination: number): number {
    const number = this.count++;
    const slot = number & (CHUNK - 1);
    if (slot === 0) this.chunks.push(new Chunk());
    const chunk = this.chunks[this.chunks.length - 1];
    chunk.append(bytes.subarray(from, from + length));
    chunk.ends[slot] = chunk.used;
    chunk.arrivals[slot] = arrival;
    chunk.destinations[slot] = destination;
    return number;
  }

  get(number: number): Uint8Array {
    const slot = number & (CHUNK - 1);
    const { bytes, ends } = this.chunkOf(number);
    return bytes.subarray(slot === 0 ? 0 : ends[slot - 1], ends[slot]);
  }

  arrival(number: number): number {
    return this.chunkOf(number).arrivals[number & (CHUNK - 1)];
  }

  destination(number: number): number {
    return this.chunkOf(number).destinations[number & (CHUNK - 1)];
  }

  /** Gives up packets that nobody asks for any more: those before this number. */
  giveUpBefore(number: number): void {
    while (this.gone < number >>> SHIFT) {
      this.chunks.shift();
      this.gone++;
    }
  }

  private chunkOf(number: number): Chunk {
    return this.chunks[(number >>> SHIFT) - this.gone];
  }
}
