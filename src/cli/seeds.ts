import { UsageError } from './failure.ts';

const MOST = 0xffff_ffff;

/**
 * Reads A..B, both included, or a single number for 1..N.
 * @throws UsageError
 */
export const parseSeeds = (text: string): { readonly first: number; readonly last: number } => {
  const [, from, to] = /^(?:(\d+)\.\.)?(\d+)$/.exec(text) ?? [];
  const [first, last] = [Number(from ?? 1), Number(to)];
  if (to === undefined || first > last || last > MOST)
    throw new UsageError(`--seeds ${text}: write A..B, whole numbers from 0 to ${MOST}`);
  return { first, last };
};

/**
 * Reads I/N: the I-th of N parts of a sweep.
 * @throws UsageError
 */
export const parseShard = (text: string): { readonly index: number; readonly of: number } => {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (of === undefined || Number(index) < 1 || Number(index) > Number(of))
    throw new UsageError(`--shard ${text}: write I/N, the I-th of N parts, such as 1/4`);
  return { index: Number(index), of: Number(of) };
};

/** The seeds of a sweep or a part of it, in batches. */
export function* batchesOf(
  { first, last }: { readonly first: number; readonly last: number },
  { index, of }: { readonly index: number; readonly of: number },
  size: number,
): Generator<number[]> {
  let batch: number[] = [];
  for (let seed = first + index - 1; seed <= last; seed += of) {
    batch.push(seed);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
