import { OpenWskError } from '../base/index.ts';
import { checksumWords, foldChecksum } from './checksum.ts';
import type { VectorMemory } from './simd-checksum.ts';

/**
 * Where packets live. Allocating a byte array per packet costs a microsecond and a garbage collection later, so
 * packets are fixed slots of 2 KiB in chunks of 1 MiB, named by integer handles; what the layers know about a packet
 * (lengths, offsets, the call that caused it) stands in integer columns beside the bytes.
 *
 * A handle carries a reference count. Who is handed a packet owns one reference, and the columns with it: a link
 * that duplicates a packet copies it. Only loans to a client hold a second reference.
 */

/** A packet in the arena; 0 is none. */
export type PacketHandle = number;

/** Bytes in a slot: the longest packet the arena can hold. */
export const SLOT_BYTES = 2048;
const SLOT_SHIFT = 11;
const CHUNK_SHIFT = 9;
const CHUNK_SLOTS = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_SLOTS - 1;
const CHUNK_BYTES = CHUNK_SLOTS * SLOT_BYTES;
/** Below this a call into WebAssembly costs more than it saves. */
const WORTH_A_VECTOR = 128;

/** One mebibyte of slots, seen as bytes, as big-endian fields and as words for checksums. */
export interface PacketChunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly words: Uint32Array;
  /** Where the chunk starts in vector memory; -1 when it lies elsewhere. */
  readonly address: number;
}

export interface PacketArenaOptions {
  /** The most packets that may exist at once; 262,144 (512 MiB) unless given. */
  readonly maxPackets?: number;
  /**
   * Memory whose checksums are summed by vector instructions (see `makeVectorMemory`), for the first chunks; those
   * beyond it are plain. It must not serve two arenas at a time. Costs address space, so a process should have few.
   */
  readonly vector?: VectorMemory | null;
}

export class PacketArena {
  readonly chunks: PacketChunk[] = [];
  /** Bytes of the IP packet. */
  length = new Int32Array(0);
  /** Start of the transport header, from the start of the slot. */
  transport = new Int32Array(0);
  /** Start and length of the payload that is still of use, from the start of the slot. */
  data = new Int32Array(0);
  dataLength = new Int32Array(0);
  /** TCP sequence number of the first byte at `data`. */
  seq = new Int32Array(0);
  /** The call behind the packet, as the machine names it; 0 for none. */
  cause = new Int32Array(0);
  /** The next packet of whatever list the owner keeps. */
  next = new Int32Array(0);
  private refs = new Int32Array(0);
  private firstFree = 0;
  private live = 0;
  private readonly maxPackets: number;
  private readonly vector: VectorMemory | null;

  constructor(options: PacketArenaOptions = {}) {
    const { maxPackets = 262_144, vector = null } = options;
    if (!Number.isInteger(maxPackets) || maxPackets < 1 || maxPackets > 1 << 24) {
      throw new OpenWskError(
        'OWSK_INVALID_SETTING',
        `maxPackets is ${maxPackets}; give a whole number from 1 to ${1 << 24}`,
        'maxPackets',
      );
    }
    this.maxPackets = maxPackets;
    this.vector = vector;
  }

  /** Packets in existence. */
  get liveCount(): number {
    return this.live;
  }

  /** A new packet with one reference and columns of 0, or 0 when the arena is full: the packet is then lost. */
  allocate(): PacketHandle {
    if (this.live === this.maxPackets) return 0;
    if (this.firstFree === 0) this.addChunk();
    const packet = this.firstFree;
    this.firstFree = this.next[packet];
    this.next[packet] = 0;
    this.cause[packet] = 0;
    this.refs[packet] = 1;
    this.live++;
    return packet;
  }

  retain(packet: PacketHandle): void {
    this.refs[packet]++;
  }

  release(packet: PacketHandle): void {
    if (--this.refs[packet] > 0) return;
    if (this.refs[packet] < 0) throw new OpenWskError('OWSK_INTERNAL', `packet ${packet} was released twice`);
    this.next[packet] = this.firstFree;
    this.firstFree = packet;
    this.live--;
  }

  /** True while somebody else holds the packet too: its bytes must then stay as they are. */
  isShared(packet: PacketHandle): boolean {
    return this.refs[packet] > 1;
  }

  chunkOf(packet: PacketHandle): PacketChunk {
    return this.chunks[packet >>> CHUNK_SHIFT];
  }

  /** The chunk's place in `chunks`. */
  chunkNumberOf(packet: PacketHandle): number {
    return packet >>> CHUNK_SHIFT;
  }

  /** Start of the packet's slot in its chunk. */
  baseOf(packet: PacketHandle): number {
    return (packet & CHUNK_MASK) << SLOT_SHIFT;
  }

  /** A copy of a packet, bytes and columns, or 0 when the arena is full. */
  copy(packet: PacketHandle): PacketHandle {
    const twin = this.allocate();
    if (twin === 0) return 0;
    const from = this.baseOf(packet);
    const length = this.length[packet];
    this.chunkOf(twin).bytes.set(this.chunkOf(packet).bytes.subarray(from, from + length), this.baseOf(twin));
    this.length[twin] = length;
    this.cause[twin] = this.cause[packet];
    return twin;
  }

  /** A packet with the given bytes; 0 when the arena is full or the bytes do not fit into a slot. */
  from(bytes: Uint8Array, cause = 0): PacketHandle {
    if (bytes.length > SLOT_BYTES) return 0;
    const packet = this.allocate();
    if (packet === 0) return 0;
    this.chunkOf(packet).bytes.set(bytes, this.baseOf(packet));
    this.length[packet] = bytes.length;
    this.cause[packet] = cause;
    return packet;
  }

  /** The packet's bytes; the view is good until the packet is released. */
  bytesOf(packet: PacketHandle): Uint8Array {
    const base = this.baseOf(packet);
    return this.chunkOf(packet).bytes.subarray(base, base + this.length[packet]);
  }

  /** Sum for the Internet checksum of bytes in a chunk, like `checksumWords`. */
  sum(chunk: PacketChunk, offset: number, length: number): number {
    if (chunk.address < 0 || length < WORTH_A_VECTOR) return checksumWords(chunk.words, offset, length);
    const whole = length & ~15;
    const at = chunk.address + offset;
    const vector = foldChecksum(this.vector!.sum(at, at + whole));
    const swapped = ((vector & 0xff) << 8) | (vector >>> 8);
    return whole === length
      ? swapped
      : foldChecksum(swapped + checksumWords(chunk.words, offset + whole, length - whole));
  }

  private addChunk(): void {
    const start = this.chunks.length * CHUNK_BYTES;
    const isVector = this.vector !== null && start + CHUNK_BYTES <= this.vector.buffer.byteLength;
    const buffer = isVector ? this.vector!.buffer : new ArrayBuffer(CHUNK_BYTES);
    const address = isVector ? start : 0;
    this.chunks.push({
      bytes: new Uint8Array(buffer, address, CHUNK_BYTES),
      view: new DataView(buffer, address, CHUNK_BYTES),
      words: new Uint32Array(buffer, address, CHUNK_BYTES / 4),
      address: isVector ? start : -1,
    });
    const first = (this.chunks.length - 1) << CHUNK_SHIFT;
    if (first + CHUNK_SLOTS > this.length.length) this.growColumns(Math.max(CHUNK_SLOTS, this.length.length * 2));
    for (let slot = first + CHUNK_SLOTS - 1; slot >= Math.max(first, 1); slot--) {
      this.next[slot] = this.firstFree;
      this.firstFree = slot;
    }
  }

  private growColumns(size: number): void {
    this.length = grown(this.length, size);
    this.transport = grown(this.transport, size);
    this.data = grown(this.data, size);
    this.dataLength = grown(this.dataLength, size);
    this.seq = grown(this.seq, size);
    this.cause = grown(this.cause, size);
    this.next = grown(this.next, size);
    this.refs = grown(this.refs, size);
  }
}

const grown = (from: Int32Array, size: number): Int32Array<ArrayBuffer> => {
  const into = new Int32Array(size);
  into.set(from);
  return into;
};
