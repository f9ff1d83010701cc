import { beforeAll, describe, expect, test } from 'vitest';
import { DriverEntry as fastOpenInTypeScript } from '../../examples/fast-open.ts';
import { compilersFound } from '../../src/driver/compile/index.ts';
import { loadableDriver } from '../../src/public/driver.ts';
import {
  type DriverOutcome,
  divergence,
  type LoadableDriver,
  parsePeer,
  RecordKind,
  runDriver,
} from '../../src/public/sim.ts';
import { parseRequest } from '../../src/sim/index.ts';
import { MILLISECOND } from '../../src/time/index.ts';
import { cDriver, compileSources } from '../support/c-driver.ts';

const names = ['fast-open', 'echo-server', 'udp-echo', 'udp-ping', 'http-client', 'ioctl-receive'] as const;
const drivers = {} as Record<(typeof names)[number], LoadableDriver>;
const sourceOf = (name: string): string => `drivers/${name}/${name}.c`;

beforeAll(async () => {
  for (const name of names) drivers[name] = await cDriver(sourceOf(name));
}, 180_000);

const peersOf = {
  'fast-open': ['echo'],
  'echo-server': ['client@7', 'client@7', 'client@7'],
  'udp-echo': ['udp-client@7', 'udp-client@7', 'udp-client@7'],
  'udp-ping': ['echo'],
  'http-client': ['http'],
  'ioctl-receive': ['echo'],
};
const RECEIVE = 'OwskReceive:0x222002';
const SEND = 'OwskReceive:0x222004:68656c6c6f';
const run = (name: (typeof names)[number], more: object = {}): Promise<DriverOutcome> =>
  runDriver(drivers[name], {
    peers: peersOf[name].map(parsePeer),
    requests: name === 'ioctl-receive' ? [RECEIVE, SEND].map(parseRequest) : [],
    ...more,
  });

const printed = ({ simulation }: DriverOutcome): string =>
  [...simulation.trace!.records()]
    .filter(({ kind }) => kind === RecordKind.Print)
    .map(({ a }) => simulation.trace!.nameOf(a))
    .join('');

/** Packets with their times and bytes. */
const packets = ({ simulation: { trace } }: DriverOutcome): string[] =>
  [...trace!.records()]
    .filter(({ kind }) => kind === RecordKind.Packet)
    .map(({ time, a, d }) => `${time} ${trace!.nameOf(a)} ${Buffer.from(trace!.packet(d)).toString('hex')}`);

describe('the Fast Open sample', () => {
  test('saves a round trip with the second connection, and leaves nothing', async () => {
    const outcome = await run('fast-open');
    expect(outcome.problems).toEqual([]);
    expect(printed(outcome)).toBe(
      'first connection: first byte after 80 ms\nsecond connection: first byte after 40 ms\nunloaded\n',
    );
  });

  test('sends the same packets at the same times as the one in TypeScript', async () => {
    const [inC, inTypeScript] = [
      await run('fast-open'),
      await runDriver(fastOpenInTypeScript, { peers: [parsePeer('echo')] }),
    ];
    expect(packets(inC)).toHaveLength(14);
    expect(packets(inC)).toEqual(packets(inTypeScript));
  });
});

test('the echo server serves its clients, whatever order things happen in', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { problems, tidings } = await run('echo-server', { seed, vary: true });
    expect(problems, `seed ${seed}`).toEqual([]);
    expect(tidings).toHaveLength(3);
  }
});

test('the echo server echoes under loss, and gives up connections that are cut', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { problems } = await run('echo-server', { seed, vary: true, loss: 0.2 });
    expect(
      problems.filter((problem) => !problem.startsWith('client ')),
      `seed ${seed}`,
    ).toEqual([]);
  }
});

test('the UDP echo server sends back what comes, also under loss', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { problems, tidings } = await run('udp-echo', { seed, vary: true, loss: seed % 2 === 0 ? 0.3 : 0 });
    expect(problems, `seed ${seed}`).toEqual([]);
    expect(tidings).toEqual(Array(3).fill('udp-client 10.0.0.1:7: its datagram came back'));
  }
});

describe('the UDP client that asks again', () => {
  test('has its answer at the first try, or at a later one when datagrams are lost', async () => {
    expect(printed(await run('udp-ping'))).toBe('answer from port 7 to try 1\nunloaded\n');
    const tries = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const outcome = await run('udp-ping', { seed, vary: true, loss: 0.3 });
      expect(outcome.problems, `seed ${seed}`).toEqual([]);
      tries.add(printed(outcome).split('\n')[0]);
    }
    expect(tries).toContain('answer from port 7 to try 2');
  });

  test('takes its WskReceiveFrom back, five times, when nobody answers', async () => {
    const outcome = await run('udp-ping', { peers: [parsePeer('silent')] });
    expect(outcome.problems).toEqual([]);
    expect(printed(outcome)).toBe('no answer to 5 tries\nunloaded\n');
    expect(outcome.simulation.now()).toBe(1500 * MILLISECOND);
  });
});

test('the HTTP client resolves a name and prints the page', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const outcome = await run('http-client', { seed, vary: true });
    expect(outcome.problems).toEqual([]);
    expect(printed(outcome)).toMatch(
      /HTTP\/1\.1 200 OK.*OpenWSK answers GET \/.*ended the connection after 106 bytes/s,
    );
  }
});

describe('the driver whose IOCTL is passed down to WSK', () => {
  test('receives what another request has sent', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { problems, tidings } = await run('ioctl-receive', { seed, vary: true });
      expect(problems).toEqual([]);
      expect(tidings[0]).toContain('STATUS_SUCCESS, 5 bytes: 68656c6c6f');
    }
  });

  test('can be cancelled by the application', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const requests = [parseRequest(`${RECEIVE}@100`)];
      const { problems, tidings } = await run('ioctl-receive', { seed, vary: true, requests });
      expect(problems).toEqual([]);
      expect(tidings).toEqual(['\\DosDevices\\OwskReceive 0x222002: STATUS_CANCELLED, 0 bytes']);
    }
  });

  test('refuses what it does not know, and devices that are not there say so', async () => {
    const requests = ['OwskReceive:0x222008', 'Nothing:0x222000'].map(parseRequest);
    const { tidings } = await run('ioctl-receive', { requests });
    expect(tidings).toEqual([
      '\\DosDevices\\OwskReceive 0x222008: STATUS_INVALID_DEVICE_REQUEST, 0 bytes',
      '\\DosDevices\\Nothing 0x222000: STATUS_OBJECT_NAME_NOT_FOUND, 0 bytes',
    ]);
  });
});

test.each(names)('%s does the same, byte for byte, when it runs again', async (name) => {
  for (const more of [{}, { seed: 5, vary: true }]) {
    const [first, second] = [await run(name, more), await run(name, more)];
    expect(divergence(first.simulation.trace!, second.simulation.trace!)).toBeNull();
  }
});

const [native] = await compilersFound();
const both = native.version !== null;

test.skipIf(!both)(
  'both compilers make drivers that do the same (skipped without a native clang)',
  async () => {
    const [one, other] = await Promise.all(
      (['native', 'bundled'] as const).map(async (compiler) => {
        const { wasm } = await compileSources([sourceOf('echo-server')], { compiler });
        return runDriver(loadableDriver(wasm, 'echo'), { peers: [parsePeer('client@7')] });
      }),
    );
    expect(divergence(one.simulation.trace!, other.simulation.trace!)).toBeNull();
  },
  120_000,
);
