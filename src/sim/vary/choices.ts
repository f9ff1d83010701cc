import { OpenWskError, Random } from '../../base/index.ts';
import { type Aspect, aspectNames } from './aspects.ts';

/** A decision off the straight path. */
export interface Choice {
  readonly aspect: Aspect;
  /** The number of the decision among those of its aspect, from 1. */
  readonly point: number;
  /** What was decided, for people. */
  readonly what: string;
}

export interface ChoicesOptions {
  readonly seed: number;
  /** Aspects that may vary; all unless given. */
  readonly aspects?: ReadonlySet<Aspect>;
  /** All of them are at their liveliest, whatever the seed says. */
  readonly lively?: boolean;
  /** The choices that are made, by name (`lose:3`), whatever the seed would choose besides; all unless given. */
  readonly only?: ReadonlySet<string>;
}

/** Names a choice: `lose:3` is the third packet that could have been lost. */
export const choiceName = ({ aspect, point }: Pick<Choice, 'aspect' | 'point'>): string => `${aspect}:${point}`;

/**
 * Reads names of choices, separated by commas.
 * @throws OpenWskError OWSK_INVALID_SETTING, field `only`
 */
export const parseChoices = (text: string): ReadonlySet<string> => {
  const names = text.split(',').filter((name) => name !== '');
  for (const name of names) {
    const [aspect, point, ...rest] = name.split(':');
    if (!(aspectNames as string[]).includes(aspect) || !/^[1-9]\d*$/.test(point ?? '') || rest.length > 0) {
      const message = `"${name}" names no choice; write ASPECT:NUMBER as shrink does, with one of ${aspectNames.join(', ')}`;
      throw new OpenWskError('OWSK_INVALID_SETTING', message, 'only');
    }
  }
  return new Set(names);
};

/** How lively an aspect is in a run: most failures need few kinds of trouble, some need much of one. */
const LIVELINESS = [0, 0, 0.15, 0.5, 1];

interface Stream {
  readonly random: Random;
  readonly liveliness: number;
  points: number;
}

/**
 * The decisions of one run, drawn from its seed point by point. Each point takes the same numbers from its aspect's
 * stream whatever is chosen, so that a run with some of its choices left out meets the others where they were.
 */
export class Choices {
  readonly seed: number;
  /** What was decided off the straight path, in the order in which it was. */
  readonly made: Choice[] = [];
  private readonly only: ReadonlySet<string> | null;
  private readonly streams: Record<Aspect, Stream>;

  constructor({ seed, aspects, lively = false, only }: ChoicesOptions) {
    this.seed = seed;
    this.only = only ?? null;
    const root = new Random(seed);
    const streams = aspectNames.map((aspect) => {
      const random = root.fork();
      const drawn = LIVELINESS[random.below(LIVELINESS.length)];
      const varies = aspects === undefined || aspects.has(aspect);
      return [aspect, { random, liveliness: !varies ? 0 : lively ? 1 : drawn, points: 0 }];
    });
    this.streams = Object.fromEntries(streams);
  }

  /** Whether anything of this aspect can happen in this run. */
  isLively(aspect: Aspect): boolean {
    return this.streams[aspect].liveliness > 0;
  }

  /** Whether something off the straight path happens here. @param probability in a run where the aspect is liveliest */
  chance(aspect: Aspect, probability: number, what: string | (() => string)): boolean {
    const stream = this.streams[aspect];
    stream.points++;
    return stream.random.unit() < probability * stream.liveliness && this.make(aspect, stream.points, what);
  }

  /** One of several ways, 0 being the straight one. @param what names each way */
  pick(aspect: Aspect, ways: number, probability: number, what: (way: number) => string): number {
    const stream = this.streams[aspect];
    stream.points++;
    const [dice, way] = [stream.random.unit(), 1 + stream.random.below(Math.max(1, ways - 1))];
    if (ways < 2 || dice >= probability * stream.liveliness) return 0;
    return this.make(aspect, stream.points, () => what(way)) ? way : 0;
  }

  private make(aspect: Aspect, point: number, what: string | (() => string)): boolean {
    if (this.only !== null && !this.only.has(choiceName({ aspect, point }))) return false;
    this.made.push({ aspect, point, what: typeof what === 'string' ? what : what() });
    return true;
  }
}
