import type { NTSTATUS } from '../../base/index.ts';

/** Bytes to send, wherever they lie; has the shape of the transport interface's Gather. */
export interface ByteSource {
  readonly length: number;
  copyTo(from: number, into: Uint8Array, at: number, count: number): void;
}

/** Room for received bytes; has the shape of the transport interface's Scatter. */
export interface ByteSink {
  readonly length: number;
  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void;
}

/** One send, from the call until the last byte is acknowledged. */
export class SendRequest {
  readonly source: ByteSource;
  readonly length: number;
  readonly cause: number;
  /** The caller's own mark. */
  readonly context: unknown;
  /** Sequence number behind the last byte. */
  endSeq = 0;
  next: SendRequest | null = null;

  constructor(source: ByteSource, cause: number, context: unknown) {
    this.source = source;
    this.length = source.length;
    this.cause = cause;
    this.context = context;
  }
}

/**
 * Hears from one connection. Calls come at the end of the segment or timer behind them, when the connection is in
 * order: everything may be called back from here. They never come from within a call of the client.
 */
export interface TcpClient {
  /**
   * The client passes notices on by posting, so that its answer comes a little later within the same instant. An
   * acknowledgment that is due at once then waits for it, as it does for a client that answers on the spot.
   */
  readonly answersLater?: boolean;
  /** The handshake is done (RFC 9293: ESTABLISHED, or beyond it when the peer closed in its SYN-ACK). */
  onConnected(): void;
  /** The handshake failed; the connection is gone. */
  onConnectFailed(status: NTSTATUS): void;
  /** A send was acknowledged to its last byte, or lost with the connection. */
  onSent(request: SendRequest, status: NTSTATUS): void;
  onReadable(): void;
  /** The peer's FIN has come in order; bytes before it may still wait to be read. */
  onEof(): void;
  /** Our FIN was acknowledged. */
  onFinAcked(): void;
  /** The connection died; all sends were handed back before. */
  onReset(status: NTSTATUS): void;
}

/** A client that hears nothing, for connections that nobody holds any more. */
export const nobody: TcpClient = Object.freeze({
  onConnected: () => {},
  onConnectFailed: () => {},
  onSent: () => {},
  onReadable: () => {},
  onEof: () => {},
  onFinAcked: () => {},
  onReset: () => {},
});
