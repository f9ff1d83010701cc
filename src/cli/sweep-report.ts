import pc from 'picocolors';
import { aspects, type SweepReport } from '../public/sim.ts';

/** Version of the stored form. */
export const SWEEP_SCHEMA = 1;

/** A sweep as `--json` prints it and merge reads it. */
export interface StoredSweep extends SweepReport {
  readonly kind: 'sweep';
  readonly schema: number;
  /** The driver and its options, as they stand behind `openwsk sweep`. */
  readonly arguments: string;
}

export interface ShowOptions {
  readonly json: boolean;
  /** Whether these are all seeds, so that a check that no seed reached is a failure. */
  readonly isWhole: boolean;
}

/** Prints a sweep. Exit code 1 when something was wrong. */
export const showSweep = (sweep: StoredSweep, { json, isWhole }: ShowOptions): void => {
  process.stdout.write(json ? `${JSON.stringify(sweep)}\n` : sweepText(sweep));
  const missed = Object.values(sweep.sometimes).includes(0);
  if (sweep.mistakes.length > 0 || (isWhole && missed)) process.exitCode = 1;
};

const sweepText = (sweep: StoredSweep): string => {
  const lines = [...mistakesOf(sweep), ...sometimesOf(sweep), ...triedIn(sweep), verdict(sweep)];
  return `${lines.join('\n')}\n`;
};

const mistakesOf = ({ mistakes, seeds, arguments: given }: StoredSweep): string[] =>
  mistakes.flatMap(({ text, seeds: count, firstSeed }) => [
    `${pc.red(`${count} of ${seeds} seeds`)}, the first ${firstSeed}: ${text}`,
    `    openwsk replay ${given} --seed ${firstSeed} --ladder   shows it`,
    `    openwsk shrink ${given} --seed ${firstSeed}   finds what it takes`,
    '',
  ]);

const sometimesOf = ({ sometimes, seeds }: StoredSweep): string[] =>
  Object.entries(sometimes).map(([name, count]) =>
    count === 0 ? `${pc.red('in no seed')}: ${name}` : `in ${count} of ${seeds} seeds: ${name}`,
  );

const triedIn = ({ varied, places }: StoredSweep): string[] => {
  const counted = Object.entries(varied).filter(([, count]) => count > 0);
  const width = Math.max(0, ...counted.map(([, count]) => String(count).length));
  const all = Object.entries(places);
  const missed = all.filter(([, failed]) => !failed).map(([place]) => place);
  return [
    ...(counted.length > 0 ? ['Tried, in so many seeds:'] : []),
    ...counted.map(
      ([aspect, count]) => `  ${String(count).padStart(width)}  ${aspects[aspect as keyof typeof aspects]}`,
    ),
    ...(all.length > 0
      ? [`Memory ran out at ${all.length - missed.length} of the ${all.length} places that allocate.`]
      : []),
    ...missed.map((place) => `  not at ${place}`),
  ];
};

const verdict = ({ seeds, mistakes }: StoredSweep): string => {
  const count = mistakes.length;
  const found = count === 0 ? pc.green('nothing wrong') : pc.red(`${count} ${count === 1 ? 'mistake' : 'mistakes'}`);
  return `${seeds} seeds: ${found}`;
};
