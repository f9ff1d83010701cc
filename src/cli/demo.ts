import { Command } from 'commander';
import pc from 'picocolors';
import { formatSockaddr } from '../public/index.ts';
import { RealExecutor, Recorder } from '../public/sim.ts';
import { echo, Sockets, serve } from '../public/sockets.ts';
import { type CallRow, callsOf, callTable } from '../report/index.ts';
import { fastOpenSupport } from './fast-open-support.ts';
import { hostMachine } from './host.ts';

const CONNECTIONS = 3;
const CLIENT = 1;

export const demoCommand = (): Command =>
  new Command('demo')
    .description('an echo server and three WskConnectEx connections to it over loopback, call by call')
    .action(demo);

/** One process, two machines on the system's network: a server and a client with a trace. */
const demo = async (): Promise<void> => {
  const executor = new RealExecutor();
  const trace = new Recorder(executor);
  const serverMachine = await hostMachine({ executor, name: 'server' });
  const clientMachine = await hostMachine({ executor, name: 'client', number: CLIENT, trace });
  const server = await Sockets.open(serverMachine);
  const client = await Sockets.open(clientMachine);
  const listener = await server.listen('127.0.0.1:0', { fastOpen: true });
  const serving = serve(listener, echo);

  const data = 'x'.repeat(100);
  const where = formatSockaddr(listener.localAddress);
  process.stdout.write(
    `WskConnectEx with ${data.length} bytes and TCP_FASTOPEN, ${CONNECTIONS} times, to a WSK echo server on ${where}\n`,
  );
  const { server: support } = fastOpenSupport();
  if (!support.on) process.stdout.write(`${support.text}\n`);
  for (let i = 1; i <= CONNECTIONS; i++) {
    const from = trace.length;
    const connection = await client.connect(listener.localAddress, { fastOpen: true, data });
    await connection.read();
    await connection.end();
    while ((await connection.read()) !== null);
    await connection.close();
    process.stdout.write(`\n${timeLine(i, callsOf(trace, CLIENT, from))}`);
  }
  await listener.close();
  await serving;
  await client.close();
  await server.close();
  clientMachine.close();
  serverMachine.close();
};

const timeLine = (number: number, rows: CallRow[]): string => {
  const connect = rows.find(({ name }) => name === 'WskConnectEx')!;
  const firstByte = rows.find(({ name }) => name === 'WskReceive')!.completed! - connect.called;
  const inSyn = connect.bytesInSyn! > 0 ? `${connect.bytesInSyn} bytes in the SYN` : 'no data in the SYN';
  const title = `connection ${number}: ${inSyn}, first byte ${(firstByte / 1e6).toFixed(3)} ms after the call of WskConnectEx`;
  return `${pc.bold(title)}\n${callTable(rows)
    .map((line) => `${line}\n`)
    .join('')}`;
};
