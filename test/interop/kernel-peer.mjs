// A program on the kernel's TCP, in a process of its own so that neither side waits for the other's event loop.
//   sink FAMILY-ADDRESS         listens, takes one connection, checks what it sends
//   source ADDRESS BYTES        listens, sends BYTES to whoever connects
//   fetch ADDRESS PORT          connects, ends its side and checks what comes
//   push ADDRESS PORT BYTES     connects and sends BYTES
// Says the port when it listens and {bytes, wrong, ms} at the end, a JSON line each.
import net from 'node:net';
import { fits, piece } from './pattern.mjs';

const [mode, address, ...rest] = process.argv.slice(2);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const CHUNK = 262_144;

const send = (socket, bytes) => {
  let sent = 0;
  const more = () => {
    for (let room = true; room && sent < bytes; ) {
      const length = Math.min(CHUNK, bytes - sent);
      room = socket.write(piece(sent, length));
      sent += length;
    }
    if (sent === bytes) socket.end();
  };
  socket.on('drain', more);
  more();
};

const check = (socket) => {
  const begin = performance.now();
  let bytes = 0;
  let wrong = -1;
  socket.on('data', (data) => {
    if (wrong < 0 && !fits(data, bytes)) wrong = bytes;
    bytes += data.length;
  });
  socket.on('end', () => {
    say({ bytes, wrong, ms: performance.now() - begin });
    socket.end();
  });
};

const serve = (handle) => {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    server.close();
    socket.on('error', ({ code }) => say({ error: code }));
    handle(socket);
  });
  server.listen(0, address, () => say({ port: server.address().port }));
};

const connect = (handle) => {
  const socket = net.connect({ host: address, port: Number(rest[0]), allowHalfOpen: true });
  socket.on('error', ({ code }) => say({ error: code }));
  socket.on('connect', () => handle(socket));
};

if (mode === 'sink') serve(check);
else if (mode === 'source') {
  serve((socket) => {
    socket.resume();
    send(socket, Number(rest[0]));
  });
} else if (mode === 'fetch') connect(check);
else if (mode === 'push') {
  connect((socket) => {
    socket.resume();
    send(socket, Number(rest[1]));
  });
}
