import { Duplex } from 'node:stream';
import type { Connection } from './connection.ts';

/**
 * A connection as a Node stream: `nodeStream(connection).pipe(…)`. An edge, since it needs Node. Ending the stream ends
 * our side; destroying it closes the connection.
 */
export const nodeStream = (connection: Connection): Duplex =>
  new Duplex({
    allowHalfOpen: true,
    read() {
      connection.read().then(
        (bytes) => this.push(bytes),
        (error: Error) => this.destroy(error),
      );
    },
    write(bytes: Buffer, _encoding, done) {
      connection.write(bytes).then(() => done(), done);
    },
    final(done) {
      connection.end().then(() => done(), done);
    },
    destroy(error, done) {
      connection.close().then(() => done(error), done);
    },
  });
