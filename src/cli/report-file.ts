import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { packageFile } from '../package/package-files.ts';
import type { Recorder } from '../public/sim.ts';
import { type EncodeOptions, encodeRun, pageFile } from '../report/html/index.ts';
import { UsageError } from './failure.ts';

/** Writes a run as one HTML file. */
export const writeReport = (file: string, trace: Recorder, options: EncodeOptions): void =>
  writePage(file, options.title, { run: encodeRun(trace, options) });

/** What a report says of a run on the system's own network: one machine. */
export const hostReport = (title: string): EncodeOptions => ({
  title,
  machines: { 0: 'driver' },
  command: commandLine(),
});

/** How the present program was called. */
export const commandLine = (): string => `openwsk ${process.argv.slice(2).join(' ')}`;

/** @param data bytes by the ids under which the page looks for them */
export const writePage = (file: string, title: string, data: Readonly<Record<string, Uint8Array>>): void => {
  const packed = Object.entries(data).map(([id, bytes]) => [id, deflateSync(bytes, { level: 9 }).toString('base64')]);
  const text = pageFile({
    title: `${title} - OpenWSK`,
    script: part('page.js'),
    style: part('page.css'),
    data: Object.fromEntries(packed),
  });
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`--report ${file}: ${(error as Error).message}`);
  }
};

const part = (name: string): string => {
  try {
    return readFileSync(packageFile(`dist/report/html/${name}`), 'utf8');
  } catch {
    throw new UsageError(`--report: ${name} of the report's page is missing; build first: npm run build`);
  }
};
