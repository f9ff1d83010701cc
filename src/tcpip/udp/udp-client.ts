/** Hears from one UDP endpoint. Everything may be called back from here; calls never come from within one of the client's. */
export interface UdpClient {
  /** A datagram has come; it waits to be received or borrowed. */
  onReadable(): void;
  /** The network says that a datagram of ours did not arrive; see `UdpEndpoint.takeError`. */
  onError(): void;
}

/** A client that hears nothing. */
export const nobodyUdp: UdpClient = Object.freeze({ onReadable: () => {}, onError: () => {} });

/** An address with a port: where a datagram goes. */
export interface UdpAddress {
  readonly version: 4 | 6;
  /** Four words in host order; IPv4 uses the first alone. */
  readonly words: Int32Array;
  readonly port: number;
}
