/** Single insertions, deletions and replacements that make one text the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
};

/** The names that are most like a text, the most alike first. */
export const nearest = (text: string, names: readonly string[], count: number): string[] =>
  [...names]
    .map((name) => ({ name, away: distance(text, name) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, count)
    .map(({ name }) => name);
