import type { Wsk } from '../wsk/index.ts';

/** The WSK calls of a machine whose IRPs are pending, such as `WskReceive (client, socket 12)`. */
export const pendingCalls = (machine: string, wsk: Wsk): string[] =>
  [...wsk.clients].flatMap(({ sockets }) =>
    [...sockets].flatMap((socket) => socket.pendingNames().map((name) => `${name} (${machine}, socket ${socket.id})`)),
  );
