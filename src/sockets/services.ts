import type { Connection } from './connection.ts';
import type { Listener } from './listener.ts';

/** What a server does with one connection, which `serve` closes when the promise settles. */
export type Service = (connection: Connection) => Promise<void>;

/** Sends back what comes (RFC 862). */
export const echo: Service = async (connection) => {
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    await connection.write(bytes);
  }
  await connection.end();
};

/** Takes everything and says nothing (RFC 863). */
export const discard: Service = async (connection) => {
  while ((await connection.read()) !== null);
  await connection.end();
};

const LONGEST_REQUEST = 16_384;

/** Answers one HTTP/1.x request with a short text, then ends the connection. */
export const http: Service = async (connection) => {
  let request = '';
  while (!request.includes('\r\n\r\n') && request.length < LONGEST_REQUEST) {
    const bytes = await connection.read();
    if (bytes === null) break;
    request += new TextDecoder('latin1').decode(bytes);
  }
  const [method = '', target = ''] = request.split(/\s/, 2);
  const valid = /^[A-Z]+$/.test(method) && target !== '';
  const body = valid ? `OpenWSK answers ${method} ${target}\n` : 'OpenWSK expected an HTTP request\n';
  const head = [`HTTP/1.1 ${valid ? '200 OK' : '400 Bad Request'}`, 'Content-Type: text/plain; charset=latin1'];
  head.push(`Content-Length: ${body.length}`, 'Connection: close', '', method === 'HEAD' ? '' : body);
  const answer = Uint8Array.from(head.join('\r\n'), (character) => character.charCodeAt(0));
  await connection.end(answer);
  while ((await connection.read()) !== null);
};

/**
 * Serves every connection of a listener until it is closed; connections that are open then go on.
 * @returns once the listener is closed
 * @throws WskError what accepting failed with
 * @param ended told how each connection ended: null, or the error that ended it
 */
export const serve = async (
  listener: Listener,
  service: Service,
  ended: (connection: Connection, error: unknown) => void = () => {},
): Promise<void> => {
  for await (const connection of listener) {
    const run = async (): Promise<void> => service(connection);
    run()
      .finally(() => connection.close())
      .then(
        () => ended(connection, null),
        (error: unknown) => ended(connection, error),
      );
  }
};
