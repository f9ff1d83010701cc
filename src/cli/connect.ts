import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { formatSockaddr, ntStatusName, type SOCKADDR, STATUS_IO_TIMEOUT, STATUS_SUCCESS } from '../public/index.ts';
import { RealExecutor, Recorder } from '../public/sim.ts';
import { type Connection, Sockets, WskError } from '../public/sockets.ts';
import { resolveTarget } from './address.ts';
import { failureText, UsageError } from './failure.ts';
import { machineOn, netOption } from './host.ts';
import { integerOption } from './options.ts';
import { hostReport, writeReport } from './report-file.ts';

const LONGEST_DATA = 65_535;

interface Options {
  readonly data?: string;
  readonly dataFile?: string;
  readonly fastOpen?: boolean;
  readonly net: string;
  readonly repeat: number;
  readonly timeout: number;
  readonly json?: boolean;
  readonly report?: string;
}

/** What one connection came to; printed as it is with --json. */
interface Outcome {
  status: string;
  local: string | null;
  remote: string;
  connectMs: number | null;
  firstByteMs: number | null;
  bytesInSyn: number | null;
  synDataAcked: boolean | null;
  received: number;
  data: string;
}

export const connectCommand = (): Command =>
  new Command('connect')
    .description('connect with WskConnectEx, send data with the handshake, print what comes back')
    .argument('<HOST:PORT>', 'where to: example.org:80, 10.0.0.1:7, [::1]:7')
    .option('--data <TEXT>', 'bytes to send with the connect; \\r, \\n, \\t, \\0 and \\xHH are understood')
    .option('--data-file <FILE>', 'the same from a file, at most 65,535 bytes')
    .option('--fast-open', 'let the data ride in the SYN (TCP Fast Open)')
    .option('--repeat <N>', 'connections to make, one after the other', integerOption('--repeat', 1, 1_000_000), 1)
    .option('--timeout <MS>', 'milliseconds for each connection', integerOption('--timeout', 1, 3_600_000), 10_000)
    .addOption(netOption())
    .option('--json', 'one JSON line per connection')
    .option('--report <FILE>', 'write the calls and their IRPs as one HTML page')
    .addHelpText('after', '\nExample:\n  openwsk connect 127.0.0.1:7 --fast-open --data hello --repeat 2')
    .action(connect);

const connect = async (target: string, options: Options): Promise<void> => {
  const data = dataOf(options);
  const addresses = await resolveTarget(target);
  const recording = options.report === undefined ? undefined : newRecording();
  const machine = await machineOn({ net: options.net, quiet: options.json ?? false, recording });
  const sockets = await Sockets.open(machine);
  for (let i = 0; i < options.repeat; i++) {
    const outcome = await first(sockets, machine.kernel.executor, addresses, data, options);
    print(outcome, data?.length ?? 0, options);
    if (outcome.status !== 'STATUS_SUCCESS') process.exitCode = 1;
  }
  await sockets.close();
  machine.close();
  if (recording !== undefined) writeReport(options.report!, recording.trace, hostReport(`connect ${target}`));
};

const newRecording = (): { executor: RealExecutor; trace: Recorder } => {
  const executor = new RealExecutor();
  return { executor, trace: new Recorder(executor) };
};

/**
 * Tries the addresses of a name in turn, each with its share of the time that is left, until one connects; that one then
 * comes first for the connections that follow. @returns the outcome of the address tried last
 */
const first = async (
  sockets: Sockets,
  clock: { now(): number },
  addresses: SOCKADDR[],
  data: Uint8Array | undefined,
  options: Options,
): Promise<Outcome> => {
  const deadline = clock.now() + options.timeout * 1e6;
  for (let i = 0; ; i++) {
    const outcome = await once(sockets, clock, addresses[i], data, options, { deadline, share: addresses.length - i });
    if (outcome.connectMs !== null) addresses.unshift(...addresses.splice(i, 1));
    if (outcome.connectMs !== null || i === addresses.length - 1) return outcome;
  }
};

/** Until when (nanoseconds) everything has to be over, and by how many addresses the time for connecting is shared. */
interface Limits {
  readonly deadline: number;
  readonly share: number;
}

const once = async (
  sockets: Sockets,
  clock: { now(): number },
  to: SOCKADDR,
  data: Uint8Array | undefined,
  options: Options,
  { deadline, share }: Limits,
): Promise<Outcome> => {
  const begin = clock.now();
  const elapsed = (): number => Math.round((clock.now() - begin) / 1e3) / 1e3;
  const left = (): number => Math.max((deadline - clock.now()) / 1e6, 1);
  const outcome: Outcome = {
    status: ntStatusName(STATUS_SUCCESS),
    local: null,
    remote: formatSockaddr(to),
    connectMs: null,
    firstByteMs: null,
    bytesInSyn: null,
    synDataAcked: null,
    received: 0,
    data: '',
  };
  const received: Uint8Array[] = [];
  let connection: Connection | null = null;
  try {
    connection = await sockets.connect(to, {
      ...(data === undefined ? {} : { data }),
      fastOpen: options.fastOpen ?? false,
      timeout: left() / share,
    });
    outcome.connectMs = elapsed();
    outcome.local = formatSockaddr(connection.localAddress);
    outcome.bytesInSyn = connection.bytesInSyn;
    outcome.synDataAcked = connection.synDataAcked;
    await connection.end(null, { timeout: left() });
    for (let bytes = await connection.read({ timeout: left() }); bytes !== null; ) {
      outcome.firstByteMs ??= elapsed();
      received.push(bytes);
      bytes = await connection.read({ timeout: left() });
    }
  } catch (error) {
    if (!(error instanceof WskError)) throw error;
    // A server that answers and then keeps the connection open is none the worse for it.
    const answered = connection !== null && received.length > 0 && error.status === STATUS_IO_TIMEOUT;
    if (!answered) {
      outcome.status = error.statusName;
      if (!options.json) process.stderr.write(`${outcome.remote}  ${failureText(error)}\n`);
    }
  }
  await connection?.close();
  const whole = Buffer.concat(received);
  outcome.received = whole.length;
  outcome.data = whole.toString('base64');
  return outcome;
};

const print = (outcome: Outcome, sent: number, options: Options): void => {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    return;
  }
  if (outcome.connectMs === null) return;
  const parts = [`${outcome.local} -> ${outcome.remote}`, `connected ${outcome.connectMs.toFixed(3)} ms`];
  if (outcome.firstByteMs !== null) parts.push(`first byte ${outcome.firstByteMs.toFixed(3)} ms`);
  if (sent > 0) parts.push(`${outcome.bytesInSyn ?? 'unknown'} of ${sent} bytes in the SYN${ackText(outcome)}`);
  parts.push(`${outcome.received} bytes received`);
  process.stderr.write(`${parts.join('  ')}\n`);
  process.stdout.write(Buffer.from(outcome.data, 'base64'));
};

const ackText = ({ bytesInSyn, synDataAcked }: Outcome): string =>
  bytesInSyn === null || bytesInSyn === 0 || synDataAcked === null
    ? ''
    : synDataAcked
      ? ', acknowledged'
      : ', sent again';

const dataOf = ({ data, dataFile }: Options): Uint8Array | undefined => {
  if (data !== undefined && dataFile !== undefined) throw new UsageError('give --data or --data-file, not both');
  const bytes = dataFile === undefined ? data && unescaped(data) : fileBytes(dataFile);
  if (bytes && bytes.length > LONGEST_DATA) {
    throw new UsageError(`the data has ${bytes.length} bytes; WskConnectEx takes at most 65,535`);
  }
  return bytes || undefined;
};

const fileBytes = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new UsageError(`--data-file ${file}: ${reason}`);
  }
};

const escapes: Record<string, string> = { r: '\r', n: '\n', t: '\t', 0: '\0', '\\': '\\' };

const unescaped = (text: string): Buffer => {
  const pieces = text.split(/(\\(?:x[0-9a-fA-F]{2}|[rnt0\\]))/);
  return Buffer.concat(
    pieces.map((piece) => {
      if (/^\\x..$/.test(piece)) return Buffer.from([Number.parseInt(piece.slice(2), 16)]);
      return Buffer.from(/^\\[rnt0\\]$/.test(piece) ? escapes[piece[1]] : piece);
    }),
  );
};
