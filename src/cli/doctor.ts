import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import pc from 'picocolors';
import { compilersFound } from '../driver/compile/index.ts';
import { hostObstacle, tunObstacle } from '../public/host.ts';
import { fastOpenSupport } from './fast-open-support.ts';

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'off' | 'missing';
  readonly text: string;
}

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('what works on this machine, and how to get what does not')
    .option('--json', 'one JSON line per finding')
    .addHelpText('after', '\nExample:\n  openwsk doctor')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine();
      const width = Math.max(...findings.map(({ what }) => what.length));
      for (const finding of findings) {
        const line = `${mark(finding.state)}  ${finding.what.padEnd(width)}  ${finding.text}`;
        process.stdout.write(`${json ? JSON.stringify(finding) : line}\n`);
      }
      if (findings.some(({ state }) => state === 'missing')) process.exitCode = 2;
    });

const mark = (state: Finding['state']): string => {
  const text = state.padEnd(7);
  return state === 'ok' ? pc.green(text) : state === 'off' ? pc.yellow(text) : pc.red(text);
};

const examine = async (): Promise<Finding[]> => {
  const obstacle = await hostObstacle();
  return [
    nodeVersion(),
    {
      what: 'system sockets',
      state: obstacle === null ? 'ok' : 'off',
      text: obstacle === null ? 'called directly through koffi' : `Node's net instead: ${obstacle}`,
    },
    ...fastOpen(obstacle),
    ipv6(),
    ...(await compilers()),
    await tun(),
  ];
};

const fastOpen = (obstacle: string | null): Finding[] => {
  const support = fastOpenSupport();
  return (['client', 'server'] as const).map((side) => {
    const what = `Fast Open, ${side}`;
    if (obstacle !== null) return { what, state: 'off', text: 'needs Linux and koffi: data follows the handshake' };
    return { what, state: support[side].on ? 'ok' : 'off', text: support[side].text };
  });
};

/** What drivers in C need. Missing tools leave everything else working. */
const compilers = async (): Promise<Finding[]> =>
  (await compilersFound()).map(({ what, version, advice }) => ({
    what,
    state: version === null ? 'off' : 'ok',
    text: version ?? advice,
  }));

const nodeVersion = (): Finding => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  const text = enough ? process.versions.node : `${process.versions.node}; install 20.19 or later`;
  return { what: 'Node.js', state: enough ? 'ok' : 'missing', text };
};

const ipv6 = (): Finding => {
  const addresses = '/proc/net/if_inet6';
  const on = existsSync(addresses) && readFileSync(addresses, 'utf8').trim() !== '';
  const text = on ? 'at least one address' : 'no interface has an IPv6 address: IPv4 only';
  return { what: 'IPv6', state: on ? 'ok' : 'off', text };
};

const tun = async (): Promise<Finding> => {
  const obstacle = await tunObstacle();
  return { what: 'TUN device', state: obstacle === null ? 'ok' : 'off', text: obstacle ?? 'can be made (--net tun)' };
};
