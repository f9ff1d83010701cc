import { spawn } from 'node:child_process';

const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const noKoffi = new URL('./no-koffi.mjs', import.meta.url).href;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line. */
export const openwsk = (...parameters: string[]): Promise<CliResult> => run([main, ...parameters]);

/** The same as if koffi were not installed. */
export const openwskWithoutKoffi = (...parameters: string[]): Promise<CliResult> =>
  run(['--import', noKoffi, main, ...parameters]);

const run = (parameters: string[]): Promise<CliResult> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, parameters, { env: { ...process.env, NO_COLOR: '1' } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
