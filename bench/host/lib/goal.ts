import { ratios, type Spread, spread } from './stats.ts';

export interface Series {
  readonly name: string;
  /** One value per round. */
  readonly values: readonly number[];
}

/** One line of the result: what was measured, by whom, and what it is compared with. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly goals: readonly Goal[];
}

/** The ratio of OpenWSK (or another series) to a peer, at least or at most so much; without a bound, for information. */
export interface Goal {
  readonly of: string;
  readonly to: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Verdict extends Goal {
  readonly ratio: Spread;
  readonly met: boolean | null;
}

export interface Judged extends Row {
  readonly spreads: Readonly<Record<string, Spread>>;
  readonly verdicts: readonly Verdict[];
}

export const judge = (row: Row): Judged => {
  const values = (name: string): readonly number[] | undefined => row.series.find((each) => each.name === name)?.values;
  const verdicts = row.goals.flatMap((goal): Verdict[] => {
    const [over, under] = [values(goal.of), values(goal.to)];
    if (over === undefined || under === undefined) return [];
    const ratio = ratios(over, under);
    const bounded = goal.atLeast !== undefined || goal.atMost !== undefined;
    const met = ratio.median >= (goal.atLeast ?? 0) && ratio.median <= (goal.atMost ?? Number.POSITIVE_INFINITY);
    return [{ ...goal, ratio, met: bounded ? met : null }];
  });
  const spreads = Object.fromEntries(row.series.map((each) => [each.name, spread(each.values)]));
  return { ...row, spreads, verdicts };
};
