import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tunObstacle } from '../../src/public/host.ts';

const CLONE_NEWNET = 0x40000000;

/** A network of the kernel's own, for the thread that enters it and the programs started from it. */
export class Namespace {
  private readonly setns: (fd: number, kind: number) => number;
  private readonly outside: number;
  private readonly inside = openSync('/proc/thread-self/ns/net', 'r');

  private constructor(setns: (fd: number, kind: number) => number, outside: number) {
    this.setns = setns;
    this.outside = outside;
  }

  /** Enters a fresh one: loopback up, Fast Open on for both sides, nothing else. */
  static async enter(): Promise<Namespace> {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(null as unknown as string);
    const unshare = library.func('int unshare(int)');
    const outside = openSync('/proc/thread-self/ns/net', 'r');
    if (unshare(CLONE_NEWNET) !== 0) throw new Error(`unshare: errno ${koffi.errno()}`);
    const namespace = new Namespace(library.func('int setns(int, int)') as never, outside);
    execFileSync('ip', ['link', 'set', 'lo', 'up']);
    writeFileSync('/proc/sys/net/ipv4/tcp_fastopen', '3');
    return namespace;
  }

  /** Enters it again from another one. */
  use(): void {
    this.setns(this.inside, CLONE_NEWNET);
  }

  leave(): void {
    this.setns(this.outside, CLONE_NEWNET);
    closeSync(this.outside);
    closeSync(this.inside);
  }
}

/** Why the kernel cannot be met here, or null. */
export const interopObstacle = async (): Promise<string | null> => {
  if (process.getuid?.() !== 0) return 'it takes root, for a network namespace and a TUN device';
  const obstacle = await tunObstacle();
  if (obstacle !== null) return obstacle;
  if (!existsSync('/proc/sys/net/ipv6')) return 'the kernel has no IPv6';
  if (missing('ip') !== null) return missing('ip');
  const probe = spawnSync('unshare', ['-n', 'true'], { encoding: 'utf8' });
  return probe.status === 0 ? null : `network namespaces are off here: ${probe.stderr || probe.error}`;
};

/** Why a program cannot be run, or null. */
export const missing = (program: string): string | null =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0 ? null : `the program ${program} is not installed`;

/** Lets the kernel's connections over a device use CUBIC, as ours do, where it has it. @param own its address there */
export const useCubic = (device: string, own: string): void => {
  const network = own.replace(/\d+$/, '0/24');
  spawnSync('ip', ['route', 'replace', network, 'dev', device, 'src', own, 'congctl', 'cubic']);
};

/** For the name of what is skipped. */
export const skipNote = (obstacle: string | null): string => (obstacle === null ? '' : ` (skipped: ${obstacle})`);

/** The kernel's counters of TCP beyond the standard ones, by name: TCPFastOpenActive and its like. */
export const kernelCounters = (): Record<string, number> => {
  const [names, values] = readFileSync('/proc/thread-self/net/netstat', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' ').slice(1));
  return Object.fromEntries(names.map((name, i) => [name, Number(values[i])]));
};
