import type { Connection } from './connection.ts';

/**
 * A connection as web streams. Bytes are read only when the reader asks for them, so that a slow reader slows the peer
 * down. Closing the writable side ends our side; cancelling or aborting either breaks the connection off.
 */
export const webStreams = (
  connection: Connection,
): { readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream<Uint8Array> } => ({
  readable: new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const bytes = await connection.read();
        if (bytes === null) controller.close();
        else controller.enqueue(bytes);
      },
      cancel: () => connection.abort(),
    },
    { highWaterMark: 0 },
  ),
  writable: new WritableStream<Uint8Array>({
    write: (bytes) => connection.write(bytes),
    close: () => connection.end(),
    abort: () => connection.abort(),
  }),
});
