import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./scripts/', import.meta.url).pathname;

export interface ScriptFile {
  /** Below the folder of scripts, such as `close/both-at-once`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** All scripts of ours. */
export const scriptFiles = (): ScriptFile[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.pkt'))
    .sort()
    .map((path) => ({
      name: path.slice(0, -'.pkt'.length),
      file: `${folder}${path}`,
      text: readFileSync(`${folder}${path}`, 'utf8'),
    }));
