import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type EncodeOptions, encodeRun, pageFile } from '../../src/report/html/index.ts';
import type { Recorder } from '../../src/trace/index.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why pages cannot be opened here; null when they can. */
export const browserObstacle = existsSync(executablePath)
  ? null
  : `there is no ${executablePath} (CHROMIUM names another)`;

const folder = mkdtempSync(join(tmpdir(), 'openwsk-report-'));
const built = (name: string): string =>
  readFileSync(new URL(`../../dist/report/html/${name}`, import.meta.url), 'utf8');

/** A file of this test's own. */
export const fileOf = (name: string): string => join(folder, name);

/** Writes a report as the command line does. @returns its file */
export const reportFile = (name: string, trace: Recorder, options: Partial<EncodeOptions> = {}): string => {
  const bytes = encodeRun(trace, { title: name, machines: { 1: 'driver', 2: 'peer' }, seed: 1, ...options });
  const run = deflateSync(bytes, { level: 9 }).toString('base64');
  const file = fileOf(`${name}.html`);
  writeFileSync(
    file,
    pageFile({ title: options.title ?? name, script: built('page.js'), style: built('page.css'), data: { run } }),
  );
  return file;
};

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args: ['--no-sandbox'] });

export interface Opened {
  readonly page: Page;
  /** What went wrong in the page, and what it asked of the network. */
  readonly complaints: string[];
}

/** Opens a report from the file system and waits until it is drawn. @param after the file's name, such as #t=40ms */
export const openReport = async (
  browser: Browser,
  file: string,
  after = '',
  scheme: 'light' | 'dark' = 'light',
): Promise<Opened> => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: scheme });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => {
    if (request.url().startsWith('http')) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(`file://${file}${after}`);
  await page.waitForSelector('html[data-ready=true]');
  return { page, complaints };
};
