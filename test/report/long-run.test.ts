import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { figure, soaking } from '../support/soak.ts';
import { browserObstacle, openBrowser, openReport, reportFile } from './browser.ts';
import { longRun } from './long-run.ts';

const EVENTS = soaking ? 200_000 : 20_000;
const MOST_BYTES = 80;

describe('a long run', () => {
  test(`takes at most ${MOST_BYTES} bytes per event in the file, with random payloads`, {
    timeout: 120_000,
  }, async () => {
    const trace = await longRun(EVENTS);
    const file = reportFile('long', trace);
    const { size } = statSync(file);
    figure(`report: ${trace.length} events, ${size} bytes, ${(size / trace.length).toFixed(1)} per event`);
    // The page around the data does not grow with the run; a long run hardly feels it.
    const around = soaking ? 0 : readFileSync(new URL('../../dist/report/html/page.js', import.meta.url)).length;
    expect((size - around) / trace.length).toBeLessThanOrEqual(MOST_BYTES);
  });

  const obstacle = browserObstacle ?? (soaking ? null : 'times are taken by npm run soak only');
  test.skipIf(obstacle !== null)(
    `opens and scrolls${obstacle === null ? '' : ` (skipped: ${obstacle})`}`,
    { timeout: 120_000 },
    async () => {
      const browser = await openBrowser();
      try {
        const file = reportFile('long', await longRun(EVENTS));
        const begin = Date.now();
        const { page, complaints } = await openReport(browser, file);
        figure(`report: open and drawn after ${Date.now() - begin} ms`);
        const frames = await page.evaluate<number[]>(SCROLL);
        figure(`report: ${frames.length} frames in 5 s of scrolling, longest ${Math.max(...frames).toFixed(1)} ms`);
        const sorted = [...frames].sort((a, b) => a - b);
        figure(
          `report: median frame ${sorted[sorted.length >> 1].toFixed(1)} ms, over 50 ms: ${frames.filter((ms) => ms > 50).length}`,
        );
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});

/** For the page: scrolls through all of it in five seconds, and takes the time between frames, milliseconds. */
const SCROLL = `new Promise((resolve) => {
  const scroller = document.querySelector('.scroller');
  const frames = [];
  const begin = performance.now();
  let last = begin;
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    if (now - begin > 5000) resolve(frames.slice(1));
    else {
      scroller.scrollTop = ((now - begin) / 5000) * (scroller.scrollHeight - scroller.clientHeight);
      requestAnimationFrame(frame);
    }
  };
  requestAnimationFrame(frame);
})`;
