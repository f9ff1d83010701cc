import { expect, test } from 'vitest';
import type { GuestOptions } from '../../../src/driver/index.ts';
import { nodeCrypto } from '../../../src/driver/node-crypto.ts';
import { checksIn, failures, runChecks } from './run-checks.ts';

const registry = {
  '\\Registry\\Machine\\System\\driver\\Parameters': { Port: 8080, Host: 'peer', Peers: ['a', 'b'] },
};

test.each<[string, string, GuestOptions]>([
  ['reads and writes the registry that the host gives', 'registry.c', { registry }],
  ['uses the cryptography that the host gives', 'crypto.c', { crypto: nodeCrypto }],
  ['calls its own devices and keeps IRPs in cancel-safe queues', 'io.c', {}],
  ['asks what the system is, and sets timers', 'system.c', {}],
])(
  'a C driver %s',
  async (_what, file, guest) => {
    const checked = await runChecks(file, { guest });
    expect(failures(checked)).toEqual([]);
    expect(checked.lines).toHaveLength(checksIn(file));
  },
  120_000,
);

test('without cryptography of the host, opening an algorithm is STATUS_NOT_SUPPORTED', async () => {
  const { outcome } = await runChecks('crypto.c');
  expect(outcome.problems).toEqual(['DriverEntry returned STATUS_NOT_SUPPORTED']);
}, 120_000);
