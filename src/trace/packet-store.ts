const CHUNK = 1 << 20;

/** The bytes of recorded packets, one behind the other in chunks of a mebibyte. */
export class PacketStore {
  private readonly chunks: Uint8Array[] = [];
  private used = CHUNK;
  /** Chunk, offset and length of each packet. */
  private index = new Int32Array(3 * 1024);
  private count = 0;

  /** @returns the packet's number */
  add(bytes: Uint8Array, from: number, length: number): number {
    if (this.used + length > CHUNK) {
      this.chunks.push(new Uint8Array(Math.max(CHUNK, length)));
      this.used = 0;
    }
    const chunk = this.chunks.length - 1;
    this.chunks[chunk].set(bytes.subarray(from, from + length), this.used);
    if (3 * this.count === this.index.length) this.grow();
    this.index.set([chunk, this.used, length], 3 * this.count);
    this.used += length;
    return this.count++;
  }

  get(number: number): Uint8Array {
    const [chunk, offset, length] = this.index.subarray(3 * number, 3 * number + 3);
    return this.chunks[chunk].subarray(offset, offset + length);
  }

  private grow(): void {
    const larger = new Int32Array(this.index.length * 2);
    larger.set(this.index);
    this.index = larger;
  }
}
