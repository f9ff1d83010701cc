import { writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordKind } from '../../src/trace/index.ts';
import { openwsk } from '../support/cli.ts';
import { browserObstacle, fileOf, openBrowser, openReport, reportFile } from './browser.ts';
import { badDriver, everyKind, traceOf } from './runs.ts';

const sample = new URL('../../examples/fast-open.ts', import.meta.url).pathname;
const why = browserObstacle === null ? '' : ` (skipped: ${browserObstacle})`;

describe.skipIf(browserObstacle !== null)(`the page in a browser${why}`, { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await openBrowser()));
  afterAll(() => browser.close());

  /** The sample's report as the command line writes it. */
  const sampleReport = async (...parameters: string[]): Promise<string> => {
    const file = fileOf(`sample${parameters.length}.html`);
    const { code, stderr } = await openwsk('run', sample, '--report', file, ...parameters);
    expect([code, stderr]).toEqual([0, '']);
    return file;
  };

  test('says of the sample where the round trip was saved, and asks nothing of the network', async () => {
    const { page, complaints } = await openReport(browser, await sampleReport());
    const cards = await page.locator('.story').allInnerTexts();
    expect(cards[0]).toMatch(/2 round trips \(80 ms\)[\s\S]*No Fast Open cookie yet/);
    expect(cards[1]).toMatch(/1 round trip \(40 ms\)[\s\S]*100 bytes rode in the SYN[\s\S]*one round trip saved/);
    const trips = await page.locator('.trip').allInnerTexts();
    expect(trips.map((text) => text.replace(/\s+/g, ' '))).toEqual([
      'connect 1 round trip 1 handshake only',
      'connect 1 round trip 2 data',
      'connect 2 round trip 1 handshake and data',
    ]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('shows each packet and call of the trace once, in their order and at their times', async () => {
    const trace = await traceOf();
    const { page } = await openReport(browser, reportFile('all', trace));
    await page.setViewportSize({ width: 1440, height: 3000 });
    await page.waitForFunction("document.querySelectorAll('.packet').length === 14");
    const labels = await page.locator('[role=option]').evaluateAll((rows) => rows.map((row) => row.ariaLabel ?? ''));
    const records = [...trace.records()];
    const packets = records.filter(({ kind }) => kind === RecordKind.Packet);
    const shown = labels.filter((label) => / to (driver|peer): /.test(label));
    expect(shown.map((label) => label.split(' milliseconds, ')[0])).toEqual(
      packets.map(({ time }) => (time / 1e6).toFixed(3)),
    );
    expect(shown.map((label) => /, (\w+) to/.exec(label)![1])).toEqual(packets.map(({ a }) => trace.nameOf(a)));
    const calls = records.filter(({ kind }) => kind === RecordKind.Call).map(({ a }) => trace.nameOf(a));
    const called = labels.map((label) => /, (Wsk\w+) STATUS/.exec(label)?.[1]).filter((name) => name !== undefined);
    expect(called).toEqual(calls);
    await page.close();
  });

  test('a packet shows its fields and bytes, a call its life and what it waited for', async () => {
    const { page } = await openReport(browser, await sampleReport());
    await page.locator('.packet', { hasText: 'shows its Fast Open cookie' }).click();
    const packet = await page.locator('.details').innerText();
    expect(packet).toMatch(/SYN, 100 bytes/);
    expect(packet).toMatch(/sequence\s+0 \(\d+ on the wire\)/);
    expect(packet).toMatch(/Fast Open cookie [0-9a-f]{16}/);
    expect(packet).toMatch(/0000 {2}45 00 00 a4/);
    expect(packet).toMatch(/36 bytes more are not in this file/);
    await page.locator('.details .link', { hasText: 'WskConnectEx' }).click();
    const call = await page.locator('.details').innerText();
    expect(call).toMatch(
      /called at PASSIVE_LEVEL[\s\S]*STATUS_PENDING: the IRP is pending[\s\S]*Information 100, at DISPATCH_LEVEL/,
    );
    expect(call).toMatch(/Pending for 40 ms; it completed when this arrived:\s+peer to driver: SYN ACK/);
    expect(await page.evaluate('location.hash')).toMatch(/^#t=120ms&e=\d+$/);
    await page.close();
  });

  test('--full-bytes keeps every byte', async () => {
    const { page } = await openReport(browser, await sampleReport('--full-bytes'));
    await page.locator('.packet', { hasText: 'shows its Fast Open cookie' }).click();
    expect(await page.locator('.details').innerText()).not.toMatch(/bytes more/);
    expect((await page.locator('.bytes').innerText()).split('\n')).toHaveLength(Math.ceil(164 / 8));
    await page.close();
  });

  test('filters by kind, machine and connection', async () => {
    const { page } = await openReport(browser, await sampleReport());
    await page.setViewportSize({ width: 1440, height: 3000 });
    await page.waitForFunction("document.querySelectorAll('.packet').length === 14");
    const rows = () => page.locator('[role=option]').count();
    await page.getByLabel('Packets').uncheck();
    await page.waitForFunction("document.querySelectorAll('.packet').length === 0");
    await page.getByLabel('TCP states').check();
    await page.waitForSelector('.state');
    await page.getByLabel('Packets').check();
    const all = await rows();
    await page.getByLabel('Connection', { exact: true }).selectOption({ index: 2 });
    await page.waitForFunction("document.querySelectorAll('.packet').length === 7");
    expect(await rows()).toBeLessThan(all);
    await page.getByLabel('Connection', { exact: true }).selectOption({ index: 0 });
    await page.getByLabel('Machine', { exact: true }).selectOption('peer');
    await page.waitForFunction("document.querySelectorAll('.call').length === 0");
    await page.close();
  });

  test('is worked by keys: search, matches, arrows, help, escape', async () => {
    const { page } = await openReport(browser, await sampleReport());
    await page.keyboard.press('/');
    await page.keyboard.type('wskreceive');
    await page.waitForFunction("document.querySelector('.count')?.textContent === '3 found'");
    await page.keyboard.press('Enter');
    const selected = () => page.locator('.row.selected').getAttribute('aria-label');
    await page.waitForSelector('.row.selected');
    const first = await selected();
    expect(first).toMatch(/^40\.000 milliseconds, WskReceive STATUS_PENDING/);
    await page.locator('.row.selected').click();
    await page.keyboard.press('n');
    await page.waitForFunction(`document.querySelector('.row.selected').ariaLabel !== ${JSON.stringify(first)}`);
    expect(await selected()).toMatch(/^80\.000 milliseconds, WskReceive completes/);
    await page.keyboard.press('p');
    await page.waitForFunction(`document.querySelector('.row.selected').ariaLabel === ${JSON.stringify(first)}`);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(`/driver to peer: PSH ACK/.test(document.querySelector('.row.selected').ariaLabel)`);
    await page.keyboard.press('?');
    await page.waitForSelector('dialog');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('Escape');
    await page.waitForSelector('.details', { state: 'detached' });
    await page.close();
  });

  test('a link leads to its moment', async () => {
    const file = await sampleReport();
    const { page } = await openReport(browser, file, '#t=140ms');
    await page.waitForSelector('.row.selected');
    expect(await page.locator('.row.selected').getAttribute('aria-label')).toMatch(/^140\.000 milliseconds/);
    await page.evaluate("location.hash = '#t=0.08s'");
    await page.waitForFunction("/^80\\.000/.test(document.querySelector('.row.selected')?.ariaLabel)");
    await page.evaluate("location.hash = '#t=nonsense&e=x&run=7'");
    expect(await page.locator('.row.selected').getAttribute('aria-label')).toMatch(/^80\.000/);
    await page.close();
  });

  test('a finding leads to where it happened', async () => {
    const { page, complaints } = await openReport(browser, reportFile('bad', await traceOf({}, badDriver)));
    expect(await page.locator('.finding').allInnerTexts()).toEqual([
      expect.stringMatching(/Bug check[\s\S]*R1[\s\S]*completed/),
    ]);
    await page.locator('.finding').click();
    await page.waitForSelector('.row.selected .alarm');
    expect(await page.locator('.details').innerText()).toMatch(/Bug check 0x44[\s\S]*openwsk explain R1/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('takes records of every kind, hostile texts and packets that are none', async () => {
    const { page, complaints } = await openReport(
      browser,
      reportFile('every', everyKind(), { title: '</title><b>every' }),
    );
    for (const name of ['TCP states', 'Congestion window', 'Threads']) await page.getByLabel(name).check();
    await page.waitForSelector('.state');
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowDown');
    expect(await page.locator('.print').innerText()).toContain('</script>');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('two runs stand side by side, their first difference marked', async () => {
    const files = await Promise.all(
      ['40', '60'].map(async (rtt) => {
        const { stdout } = await openwsk('run', sample, '--json', '--rtt', rtt);
        writeFileSync(fileOf(`${rtt}.json`), stdout);
        return fileOf(`${rtt}.json`);
      }),
    );
    const { code } = await openwsk('diff', ...files, '--report', fileOf('both.html'));
    expect(code).toBe(1);
    const { page, complaints } = await openReport(browser, fileOf('both.html'));
    expect(await page.locator('.canvas > .side').count()).toBe(2);
    const [mark, syns] = [page.locator('.difference'), page.locator('.packet', { hasText: 'asks for' })];
    const tops = [await mark.boundingBox(), await syns.nth(0).boundingBox(), await syns.nth(1).boundingBox()];
    expect(tops[1]!.y).toBe(tops[2]!.y);
    expect(Math.abs(tops[0]!.y - tops[1]!.y)).toBeLessThan(6);
    expect(complaints).toEqual([]);
    await page.close();
  });

  describe.each(['light', 'dark'] as const)('in %s colours', (scheme) => {
    test('every text stands out from its ground: a contrast of 4.5 or more', async () => {
      const { page } = await openReport(
        browser,
        reportFile('lossy', await traceOf({ loss: 0.3, seed: 3, vary: true })),
        '',
        scheme,
      );
      for (const name of ['TCP states', 'Congestion window']) await page.getByLabel(name).check();
      await page.locator('.packet').first().click();
      await page.waitForSelector('.details');
      const faint = await page.evaluate<string[]>(FAINT);
      expect(faint).toEqual([]);
      await page.close();
    });
  });

  test('is printed in full, without what only a screen needs', async () => {
    const { page } = await openReport(browser, await sampleReport());
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('.packet').count()).toBe(14);
    expect(await page.locator('.controls').isVisible()).toBe(false);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.close();
  });
});

/** For the page: texts whose contrast (WCAG 2) with what lies behind them is below 4.5. */
const FAINT = `(() => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const over = (color, below) => {
    context.fillStyle = 'rgb(' + below.join() + ')';
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255, v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) =>
    element === null ? [255, 255, 255] : over(getComputedStyle(element).backgroundColor, ground(element.parentElement));
  const faint = new Set();
  for (const element of document.querySelectorAll('#app *')) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
    if (text === '' || element.closest('option, .unseen')) continue;
    const back = ground(element);
    const [a, b] = [light(over(getComputedStyle(element).color, back)), light(back)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.add(element.className + ' "' + text.slice(0, 30) + '" ' + contrast.toFixed(2));
  }
  return [...faint];
})()`;
