import type { Judged, Verdict } from './goal.ts';
import type { Spread } from './stats.ts';

const figure = (value: number): string =>
  value >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : value >= 100
      ? value.toFixed(0)
      : value.toFixed(value >= 10 ? 1 : 2);

const range = ({ median, min, max }: Spread): string => `${figure(median)} (${figure(min)}–${figure(max)})`;

const verdictText = (verdict: Verdict): string => {
  const { of, to, ratio, atLeast, atMost, met } = verdict;
  const bound = atLeast !== undefined ? `>= ${atLeast}` : atMost !== undefined ? `<= ${atMost}` : null;
  const outcome = met === null ? '' : `, goal ${bound}: ${met ? 'met' : 'MISSED'}`;
  return `${of} / ${to} = ${range(ratio)}${outcome}`;
};

/** The result for people: per work a line with each series' median and spread, then its ratios. */
export const table = (rows: readonly Judged[]): string => {
  const names = [...new Set(rows.flatMap((row) => row.series.map(({ name }) => name)))];
  const cells = rows.map((row) => [
    `${row.work}, ${row.unit}`,
    ...names.map((name) => (name in row.spreads ? range(row.spreads[name]) : '')),
  ]);
  const head = ['median (min–max)', ...names];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  const line = (row: string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  const body = rows.flatMap((row, i) => [
    line(cells[i]),
    ...row.verdicts.map((verdict) => `    ${verdictText(verdict)}`),
  ]);
  return [line(head), ...body].join('\n');
};
