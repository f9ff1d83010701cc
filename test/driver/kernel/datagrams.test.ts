import { expect, test } from 'vitest';
import { STATUS_FILE_FORCED_CLOSED } from '../../../src/base/index.ts';
import type { HostFunction } from '../../../src/driver/index.ts';
import { parsePeer } from '../../../src/public/sim.ts';
import type { SocketObject } from '../../../src/wsk/socket.ts';
import { checksIn, failures, runChecks } from './run-checks.ts';

/** What a transport does when the system takes a socket away. */
const GiveUp: HostFunction = (guest, address: number) => {
  const socket = guest.sockets.at(address >>> 0, 'GiveUp') as SocketObject;
  guest.kernel.executor.post({ onEvent: () => socket.onReset(STATUS_FILE_FORCED_CLOSED) }, 0, 0);
};

test.each([
  ['in the plainest order', {}],
  ['whatever completes inline and overtakes', { seed: 3, vary: true }],
])(
  'a C driver sends and receives datagrams, with all that comes with them, %s',
  async (_what, order) => {
    const scenario = { peers: [parsePeer('echo')], ...order };
    const checked = await runChecks('datagrams.c', { stubs: { GiveUp }, scenario });
    expect(failures(checked)).toEqual([]);
    expect(checked.lines).toHaveLength(checksIn('datagrams.c'));
  },
  120_000,
);
