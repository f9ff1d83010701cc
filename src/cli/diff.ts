import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { encodeRun, packColumns } from '../report/html/index.ts';
import { diffRuns, diffText, type JsonRun, readJsonRun } from '../report/index.ts';
import { UsageError } from './failure.ts';
import { writePage } from './report-file.ts';

interface Options {
  readonly report?: string;
}

export const diffCommand = (): Command =>
  new Command('diff')
    .description('compare two runs event by event, and say where they first differ')
    .argument('<A.json>', 'what openwsk run --json has written')
    .argument('<B.json>', 'the same of another run')
    .option('--report <FILE>', 'write both runs side by side as one HTML page')
    .addHelpText(
      'after',
      '\nExit code: 0 the same, 1 different, 2 trouble\n\nExample:\n  openwsk diff without.json with.json --report both.html',
    )
    .action(diff);

const diff = (first: string, second: string, { report }: Options): void => {
  const runs = [first, second].map(runOf);
  const [one, two] = runs;
  const found = diffRuns(one, two);
  const same = found.firstDifference < 0;
  if (report !== undefined) {
    const titles = [first, second].map((file) => basename(file));
    const [run, other] = runs.map(({ trace, machines, seed }, i) =>
      encodeRun(trace, { title: titles[i], machines, seed }),
    );
    const pairs = packColumns(
      { firstDifference: found.firstDifference },
      {
        pairs: new Uint8Array(found.pairs.buffer),
        marks: found.marks,
      },
    );
    writePage(report, titles.join(' and '), { run, other, pairs });
  } else {
    const lines = same ? [`the same: ${one.trace.length} events`] : diffText(found);
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  }
  if (!same) process.exitCode = 1;
};

const runOf = (file: string): JsonRun => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  try {
    return readJsonRun(text);
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
};
