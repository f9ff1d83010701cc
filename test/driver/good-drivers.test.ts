import { beforeAll, expect, test } from 'vitest';
import { type LoadableDriver, parsePeer, runDriver } from '../../src/public/sim.ts';
import { parseRequest } from '../../src/sim/index.ts';
import { cDriver } from '../support/c-driver.ts';

/** `npm run soak` tries 50. */
const SEEDS = Number(process.env.OWSK_GOOD_SEEDS ?? 5);

/** The drivers to learn from, each with what makes it do its work. */
const samples: readonly [name: string, peers: readonly string[], requests: readonly string[]][] = [
  ['fast-open', ['echo'], []],
  ['echo-server', ['client@7', 'client@7', 'client@7'], []],
  ['udp-echo', ['udp-client@7', 'udp-client@7', 'udp-client@7'], []],
  ['udp-ping', ['echo'], []],
  ['http-client', ['http'], []],
  ['ioctl-receive', ['echo'], ['OwskReceive:0x222002', 'OwskReceive:0x222004:68656c6c6f', 'OwskReceive:0x222002@100']],
];

const drivers = new Map<string, LoadableDriver>();

beforeAll(async () => {
  for (const [name] of samples) drivers.set(name, await cDriver(`drivers/${name}/${name}.c`));
}, 180_000);

test.each(samples)(
  `%s gives no finding, whatever the order, with loss and without: ${SEEDS} seeds`,
  {
    timeout: 120_000,
  },
  async (name, peers, requests) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      for (const loss of [0, 0.1]) {
        const scenario = { peers: peers.map(parsePeer), requests: requests.map(parseRequest), seed, vary: true, loss };
        const { findings } = await runDriver(drivers.get(name)!, scenario);
        expect(findings, `seed ${seed}, loss ${loss}`).toEqual([]);
      }
    }
  },
);
