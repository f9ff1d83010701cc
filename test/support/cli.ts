import { spawn } from 'node:child_process';

/** The built command line. */
export const mainFile = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const noKoffi = new URL('./no-koffi.mjs', import.meta.url).href;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it. */
export const openwsk = (...parameters: string[]): Promise<CliResult> => run({}, [mainFile, ...parameters]);

/** Runs it with environment variables of its own. */
export const openwskWith = (env: Record<string, string>, ...parameters: string[]): Promise<CliResult> =>
  run(env, [mainFile, ...parameters]);

/** Runs it as if koffi were not installed. */
export const openwskWithoutKoffi = (...parameters: string[]): Promise<CliResult> =>
  run({}, ['--import', noKoffi, mainFile, ...parameters]);

const run = (env: Record<string, string>, parameters: string[]): Promise<CliResult> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, parameters, { env: { ...process.env, NO_COLOR: '1', ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
