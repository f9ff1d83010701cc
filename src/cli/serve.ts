import { Command } from 'commander';
import { formatSockaddr } from '../public/index.ts';
import { type Connection, discard, echo, http, type Service, Sockets, serve } from '../public/sockets.ts';
import { parseListen } from './address.ts';
import { failureText, UsageError } from './failure.ts';
import { fastOpenSupport } from './fast-open-support.ts';
import { machineOn, netOption } from './host.ts';

interface Options {
  readonly echo?: boolean;
  readonly http?: boolean;
  readonly discard?: boolean;
  readonly fastOpen?: boolean;
  readonly net: string;
  readonly json?: boolean;
}

export const serveCommand = (): Command =>
  new Command('serve')
    .description('serve connections from a WSK listening socket')
    .argument('<[ADDRESS:]PORT>', 'where to listen: 7, 127.0.0.1:7, [::1]:7; port 0 takes a free one')
    .option('--echo', 'send back what comes (the default)')
    .option('--http', 'answer HTTP requests with a short text')
    .option('--discard', 'take everything, say nothing')
    .option('--fast-open', 'take data in SYNs (TCP Fast Open)')
    .addOption(netOption())
    .option('--json', 'one JSON line per event')
    .addHelpText('after', '\nCtrl-C ends it once the open connections have ended, a second one at once.')
    .addHelpText('after', '\nExample:\n  openwsk serve 127.0.0.1:7 --echo --fast-open')
    .action(run);

const run = async (where: string, options: Options): Promise<void> => {
  const { name, service } = serviceOf(options);
  const address = parseListen(where);
  const machine = await machineOn({ net: options.net, quiet: options.json ?? false });
  const sockets = await Sockets.open(machine);
  const listener = await sockets.listen(address, { fastOpen: options.fastOpen ?? false });
  const local = formatSockaddr(listener.localAddress);
  const say = (event: Record<string, unknown>, text: string): void => {
    process.stdout.write(options.json ? `${JSON.stringify(event)}\n` : `${text}\n`);
  };
  const open = new Set<Connection>();
  const counted: Service = async (connection) => {
    open.add(connection);
    await service(connection);
  };
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      for (const connection of open) connection.abort().catch(() => {});
      return;
    }
    stopping = true;
    listener.close();
    if (open.size > 0) process.stderr.write(`${waiting(open.size)}\n`);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  say({ event: 'listening', local, service: name }, `${name} server on ${local}; stop with Ctrl-C`);
  const { server } = fastOpenSupport();
  if (options.fastOpen && 'transport' in machine && machine.transport === 'koffi' && !server.on && !options.json)
    process.stdout.write(`${server.text}\n`);
  await serve(listener, counted, (connection, error) => {
    open.delete(connection);
    const remote = formatSockaddr(connection.remoteAddress);
    const status =
      error === null ? 'STATUS_SUCCESS' : error instanceof Error && 'statusName' in error ? error.statusName : 'error';
    say(
      { event: 'connection', remote, status },
      error === null ? `${remote} served` : `${remote} ${failureText(error)}`,
    );
  });
  await sockets.close();
  machine.close();
};

const waiting = (count: number): string =>
  `waiting for ${count} open connection${count === 1 ? '' : 's'} to end; a second Ctrl-C ends ${count === 1 ? 'it' : 'them'} at once`;

const serviceOf = (options: Options): { name: string; service: Service } => {
  const chosen = Object.entries({ echo, http, discard }).filter(([name]) => options[name as 'echo']);
  if (chosen.length > 1) throw new UsageError('take one of --echo, --http and --discard');
  const [name, service] = chosen[0] ?? ['echo', echo];
  return { name, service };
};
