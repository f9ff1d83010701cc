import { describe, expect, test } from 'vitest';
import { OpenWskError } from '../../src/base/index.ts';
import { jsonRecord } from '../../src/report/index.ts';
import { divergence, Simulation } from '../../src/sim/index.ts';
import { type Connection, echo, Sockets, serve, type WskError } from '../../src/sockets/index.ts';
import { MILLISECOND } from '../../src/time/index.ts';

const ADDRESSES = [
  ['10.0.0.1/24', 'fd00::1/64'],
  ['10.0.0.2/24', 'fd00::2/64'],
] as const;

/** A client and an echo server at port 7, 40 ms apart. */
const twoMachines = (seed = 1) => {
  const simulation = new Simulation({ seed });
  const [client, server] = [simulation.addMachine('client'), simulation.addMachine('server')];
  const link = simulation.connect(client, ADDRESSES[0], server, ADDRESSES[1], { delay: 20 * MILLISECOND });
  const start = async (): Promise<Sockets> => {
    const sockets = await Sockets.open(server);
    serve(await sockets.listen('0.0.0.0:7', { fastOpen: true }), echo).catch(() => {});
    return Sockets.open(client);
  };
  return { simulation, client, server, link, start };
};

const textOf = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString();

describe('a program of promises', () => {
  test('runs in virtual time: first byte after two round trips without a cookie, one with', async () => {
    const { simulation, start } = twoMachines();
    const times = await simulation.run(async () => {
      const sockets = await start();
      const times: [number, number | null][] = [];
      for (let i = 0; i < 2; i++) {
        const from = simulation.now();
        const connection = await sockets.connect('10.0.0.2:7', { fastOpen: true, data: 'x'.repeat(100) });
        await connection.read();
        times.push([(simulation.now() - from) / MILLISECOND, connection.bytesInSyn]);
        await connection.close();
      }
      return times;
    });
    expect(times).toEqual([
      [80, 0],
      [40, 100],
    ]);
  });

  test('that waits for what never comes ends with OWSK_STALLED, which names the call', async () => {
    const { simulation, start } = twoMachines();
    const program = simulation.run(async () => {
      const connection = await (await start()).connect('10.0.0.2:7');
      await connection.read();
    });
    await expect(program).rejects.toMatchObject({ code: 'OWSK_STALLED' });
    await expect(program).rejects.toThrow(/still waits: .*WskReceive \(client, socket \d+\)/);
  });

  test('that takes longer than its limit ends with OWSK_TIME_LIMIT', async () => {
    const { simulation, client } = twoMachines();
    const sleeping = simulation.run(() => client.run((nt) => nt.KeDelayExecutionThread(0, false, -10_000_000)), 500);
    await expect(sleeping).rejects.toMatchObject({ code: 'OWSK_TIME_LIMIT' });
  });

  test('that throws rejects with what it threw', async () => {
    const { simulation } = twoMachines();
    await expect(simulation.run(async () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  });
});

describe('the same seed', () => {
  const traced = async (seed: number) => {
    const { simulation, start, link } = twoMachines(seed);
    link.setSettings({ delay: 20 * MILLISECOND, jitter: 5 * MILLISECOND, loss: 0.1 });
    await simulation.run(async () => {
      const sockets = await start();
      const connection = await sockets.connect('10.0.0.2:7', { data: new Uint8Array(20_000) });
      for (let received = 0; received < 20_000; ) received += (await connection.read())!.length;
      await connection.close();
    });
    return simulation.trace!;
  };

  test('gives the same calls, packets and times, byte for byte', async () => {
    expect(divergence(await traced(7), await traced(7))).toBeNull();
  });

  test('and another seed does not: the first difference is found', async () => {
    const [seven, eight] = [await traced(7), await traced(8)];
    const found = divergence(seven, eight);
    expect(found).not.toBeNull();
    expect(jsonRecord(seven, found!.first!)).not.toEqual(jsonRecord(eight, found!.second!));
  });
});

describe('faults of the network', () => {
  test('a partition: nothing passes until it is lifted, and then the bytes come', async () => {
    const { simulation, link, start } = twoMachines();
    const answer = await simulation.run(async () => {
      const connection = await (await start()).connect('10.0.0.2:7');
      link.setState('partitioned');
      const writing = connection.write('through');
      await connection
        .read({ timeout: 5_000 })
        .catch((error: WskError) => expect(error.statusName).toBe('STATUS_IO_TIMEOUT'));
      link.setState('up');
      await writing;
      return textOf(await connection.read());
    });
    expect(answer).toBe('through');
  });

  test('a held link lets everything through at once when it is released', async () => {
    const { simulation, link, start } = twoMachines();
    const answer = await simulation.run(async () => {
      const connection = await (await start()).connect('10.0.0.2:7');
      link.setState('held');
      const writing = connection.write('held');
      await connection.read({ timeout: 50 }).catch(() => {});
      link.setState('up');
      await writing;
      return textOf(await connection.read());
    });
    expect(answer).toBe('held');
  });

  test('a peer that answers nothing: STATUS_IO_TIMEOUT after 21 s; no route: STATUS_NETWORK_UNREACHABLE at once', async () => {
    const { simulation, server, start } = twoMachines();
    for (const port of server.ports) port.deafTo.add(99);
    const statuses = await simulation.run(async () => {
      const sockets = await start();
      const outcomes: [string, number][] = [];
      for (const to of ['10.0.0.2:99', '192.0.2.1:7', '10.0.0.2:8']) {
        const from = simulation.now();
        const status = await sockets.connect(to).catch((error: WskError) => error.statusName);
        outcomes.push([status as string, (simulation.now() - from) / MILLISECOND]);
      }
      return outcomes;
    });
    expect(statuses).toEqual([
      ['STATUS_IO_TIMEOUT', 21_000],
      ['STATUS_NETWORK_UNREACHABLE', 0],
      ['STATUS_CONNECTION_REFUSED', 40],
    ]);
  });

  test('routers join links', async () => {
    const simulation = new Simulation();
    const [near, far] = [simulation.addMachine('near'), simulation.addMachine('far')];
    const router = simulation.addRouter();
    const [left, right] = [simulation.addLink({ delay: MILLISECOND }), simulation.addLink({ delay: MILLISECOND })];
    simulation.attach(near, left, ['10.1.0.1/24']);
    simulation.attach(far, right, ['10.2.0.1/24']);
    router.addRoute('10.1.0.0/24', router.join(left, ['10.1.0.254']));
    router.addRoute('10.2.0.0/24', router.join(right, ['10.2.0.254']));
    near.addRoute('default');
    far.addRoute('default');
    const answer = await simulation.run(async () => {
      serve(await (await Sockets.open(far)).listen('0.0.0.0:7'), echo);
      const connection = await (await Sockets.open(near)).connect('10.2.0.1:7', { data: 'routed' });
      return textOf(await connection.read());
    });
    expect(answer).toBe('routed');
    expect(router.counters.forwarded).toBeGreaterThanOrEqual(4);
  });
});

describe('faults of a machine', () => {
  const connected = async (sockets: Sockets): Promise<Connection> => {
    const connection = await sockets.connect('10.0.0.2:7', { data: 'x' });
    await connection.read();
    return connection;
  };

  test('a crash says nothing: the peer retransmits and in the end gives up', async () => {
    const { simulation, server, start } = twoMachines();
    const status = await simulation.run(async () => {
      const connection = await connected(await start());
      server.crash();
      return connection.write('into the void').catch((error: WskError) => error.statusName);
    });
    expect(status).toBe('STATUS_IO_TIMEOUT');
    expect(server.isRunning).toBe(false);
    expect(simulation.crashes).toEqual([]);
  });

  test('after a reboot old connections are reset, and a new server can be reached', async () => {
    const { simulation, server, start } = twoMachines();
    const outcome = await simulation.run(async () => {
      const sockets = await start();
      const connection = await connected(sockets);
      server.reboot();
      const status = await connection.write('who are you?').then(
        () => connection.read().catch((error: WskError) => error.statusName),
        (error: WskError) => error.statusName,
      );
      serve(await (await Sockets.open(server)).listen('0.0.0.0:7'), echo);
      const again = await sockets.connect('10.0.0.2:7', { data: 'hello again' });
      return [status, textOf(await again.read())];
    });
    expect(outcome).toEqual(['STATUS_CONNECTION_RESET', 'hello again']);
  });

  test('calls on a machine that is off are refused with its name', () => {
    const { server } = twoMachines();
    server.crash();
    expect(() => server.nt).toThrow(/the machine server is off; reboot it first/);
  });

  test('a bug check stops its machine, and the others go on', async () => {
    const { simulation, client, server, start } = twoMachines();
    await simulation.run(async () => {
      await start();
      await expect(
        client.run(function* (nt) {
          nt.IoCompleteRequest(nt.IoAllocateIrp(1, false)!, 0);
        }),
      ).rejects.toThrow(/R1/);
    });
    expect([client.isRunning, server.isRunning]).toEqual([false, true]);
    expect(simulation.crashes.map(({ machine, crash }) => [machine.name, crash.rule])).toEqual([['client', 'R1']]);
  });
});

describe('nonsense is refused, naming the field', () => {
  const simulation = new Simulation();
  const machine = simulation.addMachine('one');
  for (const [field, make] of [
    ['seed', () => new Simulation({ seed: 1.5 })],
    ['name', () => simulation.addMachine('one')],
    ['delay', () => simulation.addLink({ delay: -1 })],
    ['loss', () => simulation.addLink({ loss: 2 })],
    ['rate', () => simulation.addLink({ rate: 0 })],
    ['mtu', () => simulation.addLink({ mtu: 20 })],
    ['rules[0].action', () => simulation.addLink({ rules: [{ action: 'explode' as never }] })],
    ['rules[0].probability', () => simulation.addLink({ rules: [{ action: 'drop', probability: 1.5 }] })],
    ['addresses', () => simulation.attach(machine, simulation.addLink(), ['10.0.0.300/24'])],
  ] as const) {
    test(field, () => {
      expect(make).toThrow(OpenWskError);
      expect(make).toThrow(expect.objectContaining({ field }));
    });
  }
});
