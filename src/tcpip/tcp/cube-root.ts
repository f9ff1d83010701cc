/**
 * Cube root of a number that is not negative, by Newton's iteration: only operations that ECMAScript rounds exactly, so
 * that every machine computes the same window. Powers of eight bring the number near one first.
 */
export const cubeRoot = (value: number): number => {
  if (!(value > 0)) return 0;
  let scale = 1;
  while (value >= 8) {
    value /= 8;
    scale *= 2;
  }
  while (value < 1) {
    value *= 8;
    scale /= 2;
  }
  let root = 1.5;
  for (let i = 0; i < 6; i++) root = (2 * root + value / (root * root)) / 3;
  return root * scale;
};
