import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mainFile, openwsk } from '../support/cli.ts';

const sample = new URL('../../examples/fast-open.ts', import.meta.url).pathname;
const echoServer = new URL('../../examples/echo-server.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'openwsk-'));

/** A driver of a test's own. */
const driver = (name: string, source: string): string => {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, source);
  return file;
};

const SUCCESS = 0;

test('the Fast Open sample: first byte after 80 ms without a cookie, after 40 ms with one', async () => {
  const { code, stdout, stderr } = await openwsk('run', sample, '--peer', 'echo');
  expect(stdout).toBe(
    'first connection: first byte after 80 ms\nsecond connection: first byte after 40 ms\nunloaded\n',
  );
  expect([code, stderr]).toEqual([0, '']);
});

test('demo shows both connections as a ladder, and says what was saved', async () => {
  const { code, stdout } = await openwsk('demo');
  const lines = stdout.split('\n');
  expect(lines).toContain(
    '    0.000 ms    driver ──▶ peer  SYN  seq 0  [MSS 1460, window scale 8, SACK permitted, Fast Open cookie request]',
  );
  expect(stdout).toMatch(
    / {4}0\.000 ms {4}driver ──▶ peer {2}SYN {2}seq 0 {2}100 bytes {2}\[MSS 1460, .*Fast Open cookie [0-9a-f]{16}\]/,
  );
  expect(stdout).toMatch(/\n {3}40\.000 ms {2}WskConnectEx {6}completes: STATUS_SUCCESS, 100 bytes\n/);
  expect(lines.at(-3)).toBe(
    "Saved: 40 ms, one round trip: the first byte came 40 ms after the call, not 80, since WskConnectEx's data rode in the SYN.",
  );
  expect(code).toBe(0);
});

test('two runs are the same, byte for byte; another round-trip time is kept exactly', async () => {
  const { code, stdout, stderr } = await openwsk('run', sample, '--rtt', '7', '--check-determinism');
  expect(stdout).toMatch(/first byte after 14 ms\n.*first byte after 7 ms/);
  expect(stderr).toMatch(/^deterministic: \d+ records, twice the same\n$/);
  expect(code).toBe(0);
});

test('a driver that asks a clock of its own is found out, with the first record that differs', async () => {
  const file = driver(
    'clock',
    `export function DriverEntry(DriverObject, RegistryPath, nt) { nt.DbgPrint('now ' + process.hrtime.bigint()); return ${SUCCESS}; }`,
  );
  const { code, stderr } = await openwsk('run', file, '--check-determinism');
  expect(stderr).toMatch(
    /^not deterministic: record \d+ differs, at 0 ms of virtual time\n {2}first run: .*now \d+\n {2}second run: .*now \d+\n$/,
  );
  expect(code).toBe(1);
});

test('--json writes every record as a line, the packets with their bytes', async () => {
  const { stdout } = await openwsk('run', sample, '--json');
  const [head, ...records] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(head).toEqual({ kind: 'trace', schema: 1, seed: 1, machines: { 1: 'driver', 2: 'peer' } });
  const kinds = new Set(records.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    ...['call', 'complete', 'earlyData', 'packet', 'print', 'return', 'tcpState', 'tcpWindow', 'thread'],
  ]);
  const early = records.filter(({ kind }) => kind === 'earlyData').map(({ bytesInSyn, acked }) => [bytesInSyn, acked]);
  expect(early).toEqual([
    [0, false],
    [100, true],
  ]);
  const syns = records.filter(({ kind, text }) => kind === 'packet' && /^SYN {2}/.test(text));
  expect(syns.map(({ bytes }) => bytes.length / 2)).toEqual([56, 164]);
  expect(
    syns.every(({ request }) =>
      records.some((r) => r.kind === 'call' && r.request === request && r.call === 'WskConnectEx'),
    ),
  ).toBe(true);
});

test('--stats tells the Fast Open counters', async () => {
  const { stderr } = await openwsk('run', sample, '--stats');
  expect(stderr).toMatch(/^driver\n[\s\S]*fastOpenActive +1\n[\s\S]*peer\n[\s\S]*fastOpenPassive +1\n/);
});

const tshark = existsSync('/usr/bin/tshark');
test.skipIf(!tshark)(
  `--pcap: tshark sees the option, the cookie and the data, nothing malformed${tshark ? '' : ' (skipped: tshark is not installed)'}`,
  async () => {
    const file = join(folder, 'sample.pcapng');
    await openwsk('run', sample, '--pcap', file);
    const fields = [
      'tcp.flags.syn',
      'tcp.len',
      'tcp.options.tfo.cookie',
      'tcp.options.tfo.request',
      'frame.comment',
      'frame.interface_name',
    ];
    const check = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const read = (...more: string[]) =>
      spawnSync('tshark', ['-r', file, ...check, ...more], { encoding: 'utf8' }).stdout;
    const rows = read('-T', 'fields', ...fields.flatMap((field) => ['-e', field]))
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    expect(rows.length).toBe(14);
    expect(rows[0].slice(0, 2)).toEqual(['1', '0']);
    expect(rows[0][3]).not.toBe('');
    expect(rows[7][1]).toBe('100');
    expect(rows[7][2]).toMatch(/^[0-9a-f]{16}$/);
    expect(rows[7][4]).toMatch(/^WskConnectEx #\d+$/);
    expect([rows[0][5], rows[1][5]]).toEqual(['driver', 'peer']);
    expect(read('-Y', '_ws.malformed or tcp.checksum.status == 0 or ip.checksum.status == 0')).toBe('');
  },
  60_000,
);

describe('peers', () => {
  const fetches = (host: string, port: number, request: string) =>
    `import { fetchOnce } from ${JSON.stringify(new URL('../../examples/raw-npi.ts', import.meta.url).pathname)};
     import { SOCKADDR_IN } from 'openwsk';
     export function* DriverEntry(DriverObject, RegistryPath, nt) {
       DriverObject.DriverUnload = () => {};
       const answer = yield* fetchOnce(nt, new SOCKADDR_IN('${host}', ${port}), new TextEncoder().encode(${JSON.stringify(request)}));
       nt.DbgPrint(answer === null ? 'no answer' : new TextDecoder().decode(answer));
       return ${SUCCESS};
     }`;

  test('http, with an address of its own', async () => {
    const file = driver('http', fetches('93.184.216.34', 80, 'GET /x HTTP/1.0\r\n\r\n'));
    const { code, stdout } = await openwsk('run', file, '--peer', 'http@93.184.216.34:80');
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*OpenWSK answers GET \/x\n$/);
    expect(code).toBe(0);
  });

  test("echo on the driver's own machine", async () => {
    const file = driver('local', fetches('127.0.0.1', 9095, 'hello myself'));
    const { stdout } = await openwsk('run', file, '--peer', 'echo@127.0.0.1:9095');
    expect(stdout).toBe('hello myself\n');
  });

  test('refuse, and silent after 21 s of virtual time', async () => {
    for (const [peer, port] of [
      ['refuse', 7],
      ['silent@7', 7],
    ] as const) {
      const { stdout } = await openwsk('run', driver(`p-${port}`, fetches('10.0.0.2', port, 'x')), '--peer', peer);
      expect(stdout).toBe('no answer\n');
    }
  });

  test('client: the echo server driver gets its lines, and they come back', async () => {
    const { code, stdout, stderr } = await openwsk(
      'run',
      echoServer,
      '--peer',
      'client@7',
      '--peer',
      'client@7',
      '--loss',
      '0.1',
    );
    expect(stdout).toMatch(
      /^(connection from 10\.0\.0\.2:\d+\n){2}unloaded\n(client 10\.0\.0\.1:7: its line came back\n){2}$/,
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  test('client: nothing listens', async () => {
    const file = driver('deaf', `export const DriverEntry = () => ${SUCCESS};`);
    const { code, stderr } = await openwsk('run', file, '--peer', 'client@7');
    expect(stderr).toMatch(/client 10\.0\.0\.1:7: could not connect: STATUS_CONNECTION_REFUSED/);
    expect(code).toBe(1);
  });
});

describe.concurrent('what is wrong ends with one clear line', () => {
  const usage: [string, string[], RegExp][] = [
    ['no such file', ['/no/such/driver.ts'], /there is no such file/],
    ['not a driver', [driver('empty', 'export const x = 1;')], /exports no DriverEntry; write: export function\*/],
    ['does not compile', [driver('broken', 'export const = 1;')], /broken\.ts:1:14: /],
    ['C so far', [driver('x', '').replace('.ts', '.c')], /there is no such file|TypeScript files so far/],
    ['a peer that is none', [sample, '--peer', 'ehco'], /"ehco" is not a peer; write echo, discard, http/],
    ['a round trip below 0', [sample, '--rtt', '-1'], /--rtt takes a number from 0/],
    ['a loss above 1', [sample, '--loss', '2'], /--loss takes a number from 0 to 1/],
    ['another network', [sample, '--net', 'moon'], /--net moon: take sim or host/],
    ['a capture that cannot be written', [sample, '--pcap', '/no/such/folder/x.pcapng'], /--pcap .*: ENOENT/],
  ];
  for (const [name, parameters, message] of usage) {
    test(`${name}: exit code 2`, async () => {
      const { code, stderr } = await openwsk('run', ...parameters);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(code).toBe(2);
    });
  }

  const failures: [string, string, RegExp][] = [
    [
      'DriverEntry fails',
      'export const DriverEntry = () => 0xc000009a | 0;',
      /DriverEntry returned STATUS_INSUFFICIENT_RESOURCES/,
    ],
    [
      'DriverEntry waits for ever',
      `import { KEVENT } from 'openwsk/kernel';
       export function* DriverEntry(o, p, nt) { const e = new KEVENT(); nt.KeInitializeEvent(e, 0, false); yield* nt.KeWaitForSingleObject(e, 0, 0, false, null); return 0; }`,
      /OWSK_STALLED: DriverEntry waits for ever/,
    ],
    [
      'a bug check',
      'export const DriverEntry = (o, p, nt) => { nt.IoCompleteRequest(nt.IoAllocateIrp(1, false), 0); return 0; };',
      /bug check on driver: 0x44 MULTIPLE_IRP_COMPLETE_REQUESTS \(R1\)/,
    ],
    ['an exception', 'export const DriverEntry = () => { throw new TypeError("oops"); };', /DriverEntry: oops/],
    [
      'something left behind',
      'export const DriverEntry = (o, p, nt) => { o.DriverUnload = () => {}; nt.IoAllocateIrp(1, false); nt.IoAllocateIrp(1, false); return 0; };',
      /left behind at unload: 2 IRPs/,
    ],
    [
      'DriverUnload waits for ever',
      `import { WSK_REGISTRATION, WSK_PROVIDER_NPI } from 'openwsk/wsk';
       export function* DriverEntry(o, p, nt) {
         const r = new WSK_REGISTRATION();
         nt.WskRegister({ ClientContext: null, Dispatch: { Version: 0x100, Reserved: 0, WskClientEvent: null } }, r);
         yield* nt.WskCaptureProviderNPI(r, 0, new WSK_PROVIDER_NPI());
         o.DriverUnload = function* () { yield* nt.WskDeregister(r); };
         return 0;
       }`,
      /OWSK_STALLED: DriverUnload waits for ever/,
    ],
  ];
  for (const [name, source, message] of failures) {
    test(`${name}: exit code 1`, async () => {
      const { code, stderr } = await openwsk('run', driver(name.replaceAll(' ', '-'), source));
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
    });
  }

  test('a driver that never comes to rest is unloaded at the time limit', async () => {
    const file = driver(
      'restless',
      `export const DriverEntry = (o, p, nt) => {
         let on = true;
         nt.PsCreateSystemThread(function* restless() { while (on) yield* nt.KeDelayExecutionThread(0, false, -10_000_000); });
         o.DriverUnload = () => { on = false; nt.DbgPrint('unloaded at ' + Number(nt.KeQueryPerformanceCounter()) / 1e7 + ' s'); };
         return 0;
       };`,
    );
    const { code, stdout } = await openwsk('run', file, '--time-limit', '5000');
    expect(stdout).toBe('unloaded at 5 s\n');
    expect(code).toBe(0);
  });
});

describe('--net host', () => {
  test('runs the driver on the system', async () => {
    const file = driver(
      'host',
      `export const DriverEntry = (o, p, nt) => { nt.DbgPrint('on the host'); return ${SUCCESS}; };`,
    );
    const { code, stdout } = await openwsk('run', file, '--net', 'host');
    expect([code, stdout]).toEqual([0, 'on the host\n']);
  });

  test('refuses what only a simulation has', async () => {
    for (const option of [['--peer', 'echo'], ['--pcap', 'x'], ['--stats'], ['--check-determinism']]) {
      const { code, stderr } = await openwsk('run', sample, '--net', 'host', ...option);
      expect(stderr).toMatch(/^openwsk: --[a-z-]+ is for the simulated network/);
      expect(code).toBe(2);
    }
  });

  test('a driver with sockets open serves until Ctrl-C, and is then unloaded', async () => {
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(port));
      });
    });
    const file = driver(
      'host-echo',
      readFileSync(echoServer, 'utf8').replace('const PORT = 7;', `const PORT = ${port};`),
    );
    const server = spawn(process.execPath, [mainFile, 'run', file, '--net', 'host']);
    let stdout = '';
    server.stdout.on('data', (text) => (stdout += text));
    await once(server.stderr, 'data');
    const answer = await openwsk('connect', `127.0.0.1:${port}`, '--data', 'hello', '--json');
    expect(Buffer.from(JSON.parse(answer.stdout).data, 'base64').toString()).toBe('hello');
    server.kill('SIGINT');
    const [code] = await once(server, 'close');
    expect(stdout).toMatch(/^connection from 127\.0\.0\.1:\d+\nunloaded\n$/);
    expect(code).toBe(0);
  });
});
