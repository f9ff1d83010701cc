/**
 * The smallest part of a list that still fails, by delta debugging (Zeller and Hildebrandt, 2002): halves are left out
 * first, then quarters, until no single element can go.
 *
 * @param fails runs with a part of the list, in its order
 * @param progress told how many runs were made and how many elements are left
 */
export const shrink = async <T>(
  all: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  progress: (runs: number, left: number) => void = () => {},
): Promise<readonly T[]> => {
  let runs = 0;
  const stillFails = (part: readonly T[]): Promise<boolean> => {
    progress(++runs, part.length);
    return fails(part);
  };
  if (await stillFails([])) return [];
  let kept = all;
  for (let pieces = 2; kept.length > 1; ) {
    const size = Math.ceil(kept.length / pieces);
    const without = async (): Promise<readonly T[] | null> => {
      for (let at = 0; at < kept.length; at += size) {
        const part = [...kept.slice(0, at), ...kept.slice(at + size)];
        if (await stillFails(part)) return part;
      }
      return null;
    };
    const smaller = await without();
    if (smaller !== null) {
      kept = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (size === 1) break;
    else pieces = Math.min(kept.length, pieces * 2);
  }
  return kept;
};
