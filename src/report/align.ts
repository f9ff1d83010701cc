/**
 * Pairs two sequences so that as few elements as can be stand alone (E. W. Myers, "An O(ND) difference algorithm and its
 * variations", 1986). Sequences that differ too much for that are cut where the search has come furthest, and the rest
 * is paired anew: the pairing may then be longer than it needs to be, never wrong.
 *
 * @returns indices of both in turn, -1 where an element stands alone
 */
export const align = (first: Int32Array, second: Int32Array): Int32Array => {
  const pairs: number[] = [];
  let [i, j] = [0, 0];
  while (i < first.length || j < second.length) {
    const [x, y] = stretch(first, second, i, j, pairs);
    [i, j] = [x, y];
  }
  return Int32Array.from(pairs);
};

/** Differences that one stretch may hold. */
const MOST_DIFFERENCES = 1500;

/** Pairs from (i, j) on. @returns how far it came */
const stretch = (
  first: Int32Array,
  second: Int32Array,
  i: number,
  j: number,
  pairs: number[],
): readonly [number, number] => {
  const [n, m] = [first.length - i, second.length - j];
  const most = Math.min(n + m, MOST_DIFFERENCES);
  const furthest = new Int32Array(2 * most + 3);
  const steps: Int32Array[] = [];
  const zero = most + 1;
  for (let d = 0; d <= most; d++) {
    steps.push(furthest.slice(zero - d - 1, zero + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[zero + k - 1] < furthest[zero + k + 1]);
      let x = down ? furthest[zero + k + 1] : furthest[zero + k - 1] + 1;
      while (x < n && x - k < m && first[i + x] === second[j + x - k]) x++;
      furthest[zero + k] = x;
      if (x >= n && x - k >= m) {
        pairs.push(...walkBack(steps, d, n, m, i, j));
        return [first.length, second.length];
      }
    }
  }
  let best = -most;
  for (let k = -most; k <= most; k += 2) {
    const [x, y] = [furthest[zero + k], furthest[zero + k] - k];
    if (x <= n && y >= 0 && y <= m && 2 * x - k > 2 * furthest[zero + best] - best) best = k;
  }
  const [x, y] = [Math.min(furthest[zero + best], n), Math.min(furthest[zero + best] - best, m)];
  pairs.push(...walkBack(steps, most, x, y, i, j));
  return [i + x, j + y];
};

/** The way by which the search came to (x, y). */
const walkBack = (
  steps: readonly Int32Array[],
  differences: number,
  x: number,
  y: number,
  i: number,
  j: number,
): number[] => {
  const turned: [number, number][] = [];
  for (let d = differences; d >= 0; d--) {
    const before = steps[d];
    const at = (k: number): number => before[k + d + 1];
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const from = down ? k + 1 : k - 1;
    const [px, py] = d === 0 ? [0, 0] : [at(from), at(from) - from];
    while (x > px && y > py && x - y === k && (d === 0 || x > (down ? px : px + 1))) turned.push([i + --x, j + --y]);
    if (d === 0) break;
    turned.push(down ? [-1, j + --y] : [i + --x, -1]);
  }
  return turned.reverse().flat();
};
