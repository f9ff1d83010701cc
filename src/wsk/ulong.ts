/** sizeof(ULONG), and sizeof(SIZE_T) on 32-bit Windows. */
export const SIZE_OF_ULONG = 4;

/** The bytes of a ULONG, as `&value` and `sizeof(ULONG)` give them in C: little-endian. */
export const ULONG = (value: number): Uint8Array => {
  const bytes = new Uint8Array(SIZE_OF_ULONG);
  new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
  return bytes;
};

export const readUlong = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, SIZE_OF_ULONG).getUint32(0, true);
