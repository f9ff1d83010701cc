/** epoll-server.c for machines without gcc: the same ports, without Fast Open. */
import { createServer, type Socket } from 'node:net';

const ANSWER = Buffer.alloc(100);
const BLOCK = Buffer.alloc(65_536);

const answerAfter =
  (size: number) =>
  (socket: Socket): void => {
    let left = size;
    socket.on('data', (bytes) => {
      if (left > 0 && (left -= bytes.length) <= 0) socket.write(ANSWER);
    });
    socket.on('end', () => socket.end());
  };

const sink = (socket: Socket): void => {
  socket.resume();
  socket.on('end', () => socket.end(Buffer.alloc(1)));
};

const source = (socket: Socket): void => {
  socket.once('data', (request: Buffer) => {
    let left = Number(request.readBigUInt64LE());
    const write = (): void => {
      while (left > 0) {
        const piece = BLOCK.subarray(0, Math.min(left, BLOCK.length));
        left -= piece.length;
        if (!socket.write(piece)) return;
      }
      socket.end();
    };
    socket.on('drain', write);
    write();
  });
};

const port = Number(process.argv[2]);
let waiting = 0;
for (const [offset, service] of [answerAfter(100), sink, source, answerAfter(1000)].entries()) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    service(socket);
  });
  waiting++;
  server.listen({ port: port + offset, host: '0.0.0.0', backlog: 4096 }, () => {
    if (--waiting === 0) process.stdout.write('ready\n');
  });
}
