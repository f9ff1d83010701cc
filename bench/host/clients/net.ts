import { connect, type Socket } from 'node:net';
import {
  type BenchClient,
  BLOCK,
  countRequest,
  destinationOf,
  SENDS,
  type ShortRun,
  SIZE,
  sourceOf,
} from './bench-client.ts';

const LOOPBACK = '127.0.0.1';

/** Node's own sockets, used as a program would that wants speed. */
export const openNetClient = async (): Promise<BenchClient> => ({
  short,
  firstByte,
  send,
  receive,
  close: async () => {},
});

const short = ({ port, count, inFlight, pairs }: ShortRun): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = Buffer.alloc(SIZE);
    let [begun, done] = [0, 0];
    const begin = (): void => {
      const index = begun++;
      const [localAddress, host] = [sourceOf(index, pairs), destinationOf(index, pairs)];
      const socket = connect({ host, port, localAddress, autoSelectFamily: false });
      let left = SIZE;
      socket.on('error', reject);
      socket.on('data', (bytes) => {
        if ((left -= bytes.length) > 0) return;
        socket.destroy();
        if (++done === count) resolve(0);
        else if (begun < count) begin();
      });
      socket.write(request);
    };
    while (begun < Math.min(inFlight, count)) begin();
  });

const firstByte = (host: string, port: number, size: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const from = performance.now();
    const socket = connect({ host, port, autoSelectFamily: false });
    socket.on('error', reject);
    socket.once('data', () => {
      resolve(performance.now() - from);
      socket.destroy();
    });
    socket.write(Buffer.alloc(size));
  });

const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('end', resolve);
  });

const send = async (port: number, bytes: number): Promise<void> => {
  const options = { host: LOOPBACK, port, autoSelectFamily: false, allowHalfOpen: true };
  // As many blocks under way as WSK's client has.
  const socket = connect({ ...options, writableHighWaterMark: SENDS * BLOCK } as typeof options);
  const block = Buffer.alloc(BLOCK);
  let left = bytes;
  const write = (): void => {
    while (left > 0) {
      left -= BLOCK;
      if (!socket.write(block)) return;
    }
    socket.end();
    socket.off('drain', write);
  };
  socket.on('drain', write);
  socket.resume();
  write();
  await ended(socket);
  socket.destroy();
};

const receive = async (port: number, bytes: number): Promise<void> => {
  const socket = connect({ host: LOOPBACK, port, autoSelectFamily: false });
  let received = 0;
  socket.on('data', (piece) => (received += piece.length));
  socket.write(countRequest(bytes));
  await ended(socket);
  socket.destroy();
  if (received !== bytes) throw new Error(`${received} bytes of ${bytes}`);
};
