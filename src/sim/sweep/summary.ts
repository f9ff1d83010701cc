import { type Aspect, aspectNames } from '../vary/aspects.ts';
import type { Scenario } from './scenario.ts';
import type { SeedRun } from './seed-run.ts';
import type { Wrong } from './verdict.ts';

/** What is left of a run when it has ended; it can be sent and stored. */
export interface SeedResult {
  readonly seed: number;
  readonly wrong: readonly Wrong[];
  /** The `sometimes` checks that held. */
  readonly reached: readonly string[];
  /** The aspects in which the run left the straight path. */
  readonly varied: readonly Aspect[];
  /** Places of the driver that allocate, each with whether an allocation there was made to fail. */
  readonly places: readonly (readonly [string, boolean])[];
}

export const resultOf = ({ seed, wrong, reached, choices, places }: SeedRun): SeedResult => {
  const varied = new Set(choices.made.map(({ aspect }) => aspect));
  return { seed, wrong, reached, varied: [...varied], places: [...places] };
};

/** A mistake, over all seeds that showed it. */
export interface Mistake extends Wrong {
  readonly seeds: number;
  /** The smallest of them. */
  readonly firstSeed: number;
}

/** A sweep's results as they are stored and joined. */
export interface SweepReport {
  readonly seeds: number;
  readonly mistakes: readonly Mistake[];
  /** In how many runs each `sometimes` check held. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** In how many runs each aspect left the straight path. */
  readonly varied: Readonly<Record<string, number>>;
  readonly places: Readonly<Record<string, boolean>>;
}

/** Gathers the results of many seeds, in any order, and of sweeps elsewhere. */
export class SweepSummary {
  private seeds = 0;
  private readonly mistakes = new Map<string, Mistake>();
  private readonly sometimes = new Map<string, number>();
  private readonly varied = new Map<string, number>();
  private readonly places = new Map<string, boolean>();

  constructor({ sometimes = {} }: Pick<Scenario, 'sometimes'> = {}) {
    for (const name of Object.keys(sometimes)) this.sometimes.set(name, 0);
    for (const aspect of aspectNames) this.varied.set(aspect, 0);
  }

  get mistakeCount(): number {
    return this.mistakes.size;
  }

  add({ seed, wrong, reached, varied, places }: SeedResult): void {
    this.seeds++;
    for (const { key, text } of new Map(wrong.map((it) => [it.key, it])).values())
      this.addMistake({ key, text, seeds: 1, firstSeed: seed });
    for (const name of reached) this.count(this.sometimes, name, 1);
    for (const aspect of varied) this.count(this.varied, aspect, 1);
    for (const [place, failed] of places) this.addPlace(place, failed);
  }

  /** Takes in what a sweep of other seeds has found. */
  join(report: SweepReport): void {
    this.seeds += report.seeds;
    for (const mistake of report.mistakes) this.addMistake(mistake);
    for (const [name, count] of Object.entries(report.sometimes)) this.count(this.sometimes, name, count);
    for (const [name, count] of Object.entries(report.varied)) this.count(this.varied, name, count);
    for (const [place, failed] of Object.entries(report.places)) this.addPlace(place, failed);
  }

  /** The mistakes that most seeds show come first. */
  report(): SweepReport {
    const byKey = (a: Mistake, b: Mistake): number => (a.key < b.key ? -1 : 1);
    const mistakes = [...this.mistakes.values()].sort(
      (a, b) => b.seeds - a.seeds || a.firstSeed - b.firstSeed || byKey(a, b),
    );
    const { seeds } = this;
    const places = Object.fromEntries([...this.places].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      seeds,
      mistakes,
      sometimes: Object.fromEntries(this.sometimes),
      varied: Object.fromEntries(this.varied),
      places,
    };
  }

  private addMistake(mistake: Mistake): void {
    const known = this.mistakes.get(mistake.key);
    if (known === undefined) this.mistakes.set(mistake.key, mistake);
    else {
      const [first] = known.firstSeed < mistake.firstSeed ? [known] : [mistake];
      this.mistakes.set(mistake.key, { ...first, seeds: known.seeds + mistake.seeds });
    }
  }

  private addPlace(place: string, failed: boolean): void {
    this.places.set(place, (this.places.get(place) ?? false) || failed);
  }

  private count(counts: Map<string, number>, name: string, more: number): void {
    counts.set(name, (counts.get(name) ?? 0) + more);
  }
}
