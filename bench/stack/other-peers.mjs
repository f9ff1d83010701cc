// Peers that are programs of their own: lwIP compiled natively, and ns-3. Each says what it reached or why it is missing.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Debian builds ns-3 with asserts and logging; an optimised build is about this much faster (measured once). */
const NS3_OPTIMISED = 1.7;

const output = (pinned, command, ...args) => {
  const [first, ...rest] = [...pinned, command, ...args];
  const done = spawnSync(first, rest, { encoding: 'utf8', cwd: join(command, '..') });
  return done.status === 0 ? done.stdout : '';
};
const number = (pattern, text) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** @returns MB/s of bulk and microseconds per short connection, medians of three runs; or the reason why not */
export const nativeLwip = (folder, pinned, bytes, connections) => {
  const program = join(folder ?? '', 'native');
  if (folder === undefined || !existsSync(program)) return { reason: 'lwIP is not built natively' };
  const runs = [1, 2, 3].map(() => output(pinned, program, bytes, connections));
  return {
    bulk: median(runs.map((text) => number(/MB\/s=([\d.]+)/, text))),
    short: median(runs.map((text) => number(/us\/conn=([\d.]+)/, text))),
  };
};

/** The programs, built beside the other peers from the harness in PEERS; NS3 names a folder that has them. */
const ns3Folder = () => {
  const given = process.env.NS3;
  if (given !== undefined)
    return existsSync(join(given, 'bulk')) ? { folder: given } : { reason: `no bulk in ${given}` };
  const peers = process.env.PEERS;
  if (peers === undefined) return { reason: 'PEERS does not name the folder with the harnesses of the peers' };
  const home = join(tmpdir(), 'openwsk-peers');
  const folder = join(home, 'ns3');
  if (existsSync(join(folder, 'churn'))) return { folder };
  if (!existsSync('/usr/include/ns3')) return { reason: 'libns3-dev is not installed' };
  mkdirSync(home, { recursive: true });
  cpSync(join(resolve(peers), 'ns3'), folder, { recursive: true });
  const built = spawnSync('sh', [join(folder, 'build.sh')], { env: { ...process.env, PEERS: home }, encoding: 'utf8' });
  return built.status === 0 ? { folder } : { reason: `ns3/build.sh failed: ${built.stderr.trim().split('\n').at(-1)}` };
};

/** ns-3 with 128 KiB buffers and 10 us delay, as an optimised build of it would run; medians of three. */
export const ns3 = (pinned) => {
  const { folder, reason } = ns3Folder();
  if (reason !== undefined) return { reason };
  const bulk = [1, 2, 3].map(() =>
    number(
      /MB\/s_wall=([\d.]+)/,
      output(pinned, join(folder, 'bulk'), '--bytes=50000000', '--buf=131072', '--delay=10us'),
    ),
  );
  const short = [1, 2, 3].map(() =>
    number(/us\/conn=([\d.]+)/, output(pinned, join(folder, 'churn'), '--n=3000', '--msl=0.001')),
  );
  return { bulk: median(bulk) * NS3_OPTIMISED, short: median(short) / NS3_OPTIMISED };
};
