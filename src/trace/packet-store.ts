const CHUNK = 1 << 20;

/** The bytes of recorded packets, one behind the other in chunks of a mebibyte. */
export class PacketStore {
  private readonly chunks: Uint8Array[] = [];
  private used = CHUNK;
  /** Chunk, offset and length of each packet. */
  private index = new Int32Array(3 * 1024);
  private count = 0;
  private arrivals = new Float64Array(1024);
  private destinations = new Int32Array(1024);

  /**
   * @param arrival nanoseconds; NaN for a packet that never arrives  @param destination name id of the end that it comes out of
   * @returns the packet's number
   */
  add(bytes: Uint8Array, from: number, length: number, arrival: number, destination: number): number {
    if (this.used + length > CHUNK) {
      this.chunks.push(new Uint8Array(Math.max(CHUNK, length)));
      this.used = 0;
    }
    const chunk = this.chunks.length - 1;
    this.chunks[chunk].set(bytes.subarray(from, from + length), this.used);
    if (3 * this.count === this.index.length) this.grow();
    this.index.set([chunk, this.used, length], 3 * this.count);
    this.used += length;
    this.arrivals[this.count] = arrival;
    this.destinations[this.count] = destination;
    return this.count++;
  }

  get(number: number): Uint8Array {
    const [chunk, offset, length] = this.index.subarray(3 * number, 3 * number + 3);
    return this.chunks[chunk].subarray(offset, offset + length);
  }

  arrival(number: number): number {
    return this.arrivals[number];
  }

  destination(number: number): number {
    return this.destinations[number];
  }

  private grow(): void {
    const larger = new Int32Array(this.index.length * 2);
    larger.set(this.index);
    this.index = larger;
    const arrivals = new Float64Array(this.arrivals.length * 2);
    arrivals.set(this.arrivals);
    this.arrivals = arrivals;
    const destinations = new Int32Array(this.destinations.length * 2);
    destinations.set(this.destinations);
    this.destinations = destinations;
  }
}
