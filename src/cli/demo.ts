import { Command } from 'commander';
import pc from 'picocolors';
import { packageFile } from '../package/package-files.ts';
import { parsePeer, runDriver } from '../public/sim.ts';
import { type LadderLine, ladder, ladderText } from '../report/index.ts';
import { loadCDriver } from './load-c-driver.ts';

const NAME = 'drivers/fast-open/fast-open.c';
const RTT = 40;

export const demoCommand = (): Command =>
  new Command('demo')
    .description('the Fast Open sample driver on the simulated network, call by call and packet by packet')
    .addHelpText('after', '\nExample:\n  openwsk demo')
    .action(demo);

const demo = async (): Promise<void> => {
  const sample = await loadCDriver([packageFile(NAME)], { compiler: 'auto', kasan: true });
  const { simulation, driver, problems } = await runDriver(sample, { rtt: RTT, peers: [parsePeer('echo')] });
  const lines = ladder(simulation.trace!, { machine: driver.number });
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  say(`${NAME}: WskConnectEx with 100 bytes and TCP_FASTOPEN, twice, ${RTT} ms from the server`);
  const firstBytes: number[] = [];
  for (const [number, section] of connections(lines).entries()) {
    const connect = section.find(({ call }) => call === 'WskConnectEx')!.time;
    const receive = section.find(({ call, text }) => call === 'WskReceive' && text.includes('bytes'))!.time;
    firstBytes.push((receive - connect) / 1e6);
    say(`\n${pc.bold(number === 0 ? 'First connection: no cookie yet' : 'Second connection: the cookie is cached')}`);
    for (const line of section) say(ladderText(line, connect));
  }
  const [without, withCookie] = firstBytes;
  say(
    `\n${pc.bold(`Saved: ${without - withCookie} ms, one round trip`)}: the first byte came ${withCookie} ms after the call, not ${without}, ` +
      "since WskConnectEx's data rode in the SYN.",
  );
  say(`See it: npx openwsk run ${NAME} --report fast-open.html, and open that file in a browser.`);
  for (const problem of problems) process.stderr.write(`openwsk: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
};

/** A section per connection: from its WskSocket to its WskCloseSocket. */
const connections = (lines: readonly LadderLine[]): LadderLine[][] => {
  const sections: LadderLine[][] = [];
  for (const line of lines) {
    if (line.call === 'WskSocket') sections.push([]);
    sections[sections.length - 1]?.push(line);
    if (sections.length > 0 && line.text.startsWith('DbgPrint: unloaded')) sections[sections.length - 1].pop();
  }
  return sections;
};
