import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { runScript, type ScriptOutcome, splitDefine } from '../packets/index.ts';
import { UsageError } from './failure.ts';

interface Options {
  readonly define?: readonly (readonly [string, string])[];
  readonly anyPush?: boolean;
  readonly strict?: boolean;
}

export const packetsCommand = (): Command =>
  new Command('packets')
    .description("run packet scripts (packetdrill's format) against the TCP/IP stack, on a virtual clock")
    .argument('<script.pkt...>', 'the scripts')
    .option('-D, --define <NAME=VALUE>', 'replace a word in the scripts; may be given again', parseDefine)
    .option('--any-push', 'do not compare the PSH flag')
    .option('--strict', 'a packet that a script never asks for is a failure')
    .addHelpText(
      'after',
      '\nPrints one line for each script: ok, FAILED with what was expected and what came, or unsupported with the line\n' +
        'at fault. Exit code 0 when all are ok, 1 when one failed, 2 when one is unsupported or no script.\n' +
        '\nExample:\n  openwsk packets handshake.pkt -D MSS=1460',
    )
    .action((files: string[], { define = [], anyPush = false, strict = false }: Options) => {
      const defines = new Map(define);
      const outcomes: ScriptOutcome[] = [];
      for (const file of files) {
        const outcome = runScript(read(file), { file, defines, ignorePush: anyPush, strict });
        outcomes.push(outcome);
        process.stdout.write(`${lineOf(file, outcome)}\n`);
      }
      process.stdout.write(`${summary(outcomes)}\n`);
      process.exitCode = outcomes.some(({ verdict }) => verdict === 'failed') ? 1 : outcomes.every(isOk) ? 0 : 2;
    });

const parseDefine = (
  text: string,
  before: readonly (readonly [string, string])[] = [],
): (readonly [string, string])[] => {
  if (!/^[A-Za-z_]\w*=/.test(text)) throw new InvalidArgumentError('Write NAME=VALUE.');
  return [...before, splitDefine(text)];
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message}`,
    );
  }
};

const isOk = ({ verdict }: ScriptOutcome): boolean => verdict === 'ok';

const lineOf = (file: string, { verdict, message, time }: ScriptOutcome): string => {
  if (verdict === 'ok') return `${pc.green('ok')}  ${file}  (${(time / 1e9).toFixed(3)} s of virtual time)`;
  if (verdict === 'failed') return `${pc.red('FAILED')}  ${message}`;
  return `${pc.yellow(verdict === 'syntax' ? 'not a script' : 'unsupported')}  ${message}`;
};

const summary = (outcomes: readonly ScriptOutcome[]): string => {
  const count = (wanted: ScriptOutcome['verdict']): number =>
    outcomes.filter(({ verdict }) => verdict === wanted).length;
  const parts = [`${count('ok')} ok`, `${count('failed')} failed`, `${count('unsupported')} unsupported`];
  if (count('syntax') > 0) parts.push(`${count('syntax')} not scripts`);
  return `${outcomes.length} ${outcomes.length === 1 ? 'script' : 'scripts'}: ${parts.join(', ')}`;
};
