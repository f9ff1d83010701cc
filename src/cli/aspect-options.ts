import { type Aspect, aspectNames } from '../public/sim.ts';
import { UsageError } from './failure.ts';

export interface AspectOptions {
  readonly vary?: string;
  readonly keep?: string;
}

/**
 * The aspects that a sweep varies: those of the scenario, as the options change them.
 * @throws UsageError for a name that is none
 */
export const aspectsOf = (
  { vary, keep }: AspectOptions,
  ofScenario: readonly Aspect[] = aspectNames,
): readonly Aspect[] => {
  const wanted = vary === undefined ? ofScenario : parse('--vary', vary);
  const kept = keep === undefined ? [] : parse('--keep', keep);
  return wanted.filter((aspect) => !kept.includes(aspect));
};

const parse = (option: string, text: string): Aspect[] =>
  text.split(',').map((name) => {
    if (!(aspectNames as string[]).includes(name))
      throw new UsageError(`${option} ${text}: "${name}" is none of ${aspectNames.join(', ')}`);
    return name as Aspect;
  });
