// Bytes that tell where in a stream they belong: a block of pseudo-random ones, again and again. Its length is prime,
// so that nothing that is lost, doubled or moved in steps of a segment, a page or a buffer fits by chance.
export const BLOCK = 1_000_003;

const block = Buffer.alloc(2 * BLOCK);
for (let i = 0, state = 1; i < BLOCK; i++) {
  state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  block[i] = block[i + BLOCK] = state >>> 16;
}

/** A view of the stream, at most BLOCK bytes long. */
export const piece = (offset, length) => block.subarray(offset % BLOCK, (offset % BLOCK) + length);

/** Whether bytes, at most BLOCK of them, are those of the stream at an offset. */
export const fits = (bytes, offset) => piece(offset, bytes.length).equals(bytes);
