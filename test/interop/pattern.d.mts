export const BLOCK: number;
export const piece: (offset: number, length: number) => Uint8Array<ArrayBuffer>;
export const fits: (bytes: Uint8Array, offset: number) => boolean;
