/** What several rounds gave: the middle and the ends. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});

/** The ratios of two series, round by round: both sides of a round ran one after the other. */
export const ratios = (over: readonly number[], under: readonly number[]): Spread =>
  spread(over.map((value, round) => value / under[round]));
