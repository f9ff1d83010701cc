export interface ShortRun {
  readonly port: number;
  readonly count: number;
  readonly inFlight: number;
  /** Connections go from 127.1.0.n to 127.2.0.n, n in turn from 1 to `pairs`. */
  readonly pairs: number;
}

export const SIZE = 100;

/** A client under test. One process runs one of them. */
export interface BenchClient {
  /** Connections of connect, 100 bytes out, 100 bytes back, close. @returns how many had their bytes in the SYN */
  short(run: ShortRun): Promise<number>;
  /** One connection with a request of `size` bytes. @returns ms from the start to the answer's first byte */
  firstByte(host: string, port: number, size: number): Promise<number>;
  /** Sends `bytes` and waits until the server has them all. */
  send(port: number, bytes: number): Promise<void>;
  receive(port: number, bytes: number): Promise<void>;
  close(): Promise<void>;
}

export const sourceOf = (index: number, pairs: number): string => `127.1.0.${1 + (index % pairs)}`;
export const destinationOf = (index: number, pairs: number): string => `127.2.0.${1 + (index % pairs)}`;
export const BLOCK = 65_536;
/** Blocks under way at a time in the bulk run. */
export const SENDS = 4;

/** The request to the port that sends: how many bytes. */
export const countRequest = (bytes: number): Uint8Array => {
  const request = new Uint8Array(8);
  new DataView(request.buffer).setBigUint64(0, BigInt(bytes), true);
  return request;
};
