import type { Settings } from './settings.ts';
import { setSysctl } from './sysctl.ts';

/**
 * The commands in backticks. No shell is run: the lines that scripts use to set up the machine are read as settings of
 * the stack.
 *
 * @returns why the first command that has no meaning here has none, or null
 */
export const runShell = (settings: Settings, text: string): string | null => {
  const joined = text.replace(/\\\n/g, ' ');
  for (const command of joined.split(/\n|;|&&/)) {
    const problem = runCommand(settings, command.replace(/(?:^|\s)#.*$/, '').trim());
    if (problem !== null) return problem;
  }
  return null;
};

const runCommand = (settings: Settings, line: string): string | null => {
  const quiet = line.replace(/\s*\d?>\s*(?:\/dev\/null|&\d)/g, '').trim();
  const words = wordsOf(quiet);
  if (words.length === 0) return null;
  const [command, ...rest] = words;
  const echoed = /^echo\s+(.+?)\s*>\s*(\/proc\/sys\/\S+)$/.exec(line);
  if (echoed !== null) return setSysctl(settings, echoed[2], echoed[1].replace(/^["']|["']$/g, ''));
  if (command === 'sysctl' || /(^|\/)set_sysctls\.(py|sh)$/.test(command)) return assignments(settings, rest, line);
  if (/(^|\/)defaults\.sh$/.test(command)) return applyDefaults(settings);
  if (/sysctl_restore_/.test(command) || NO_EFFECT.test(quiet)) return null;
  if (/^ip\s+tcp_metrics\s+flush/.test(line)) {
    settings.flush = true;
    return null;
  }
  return `the command '${line}'`;
};

/** Commands about the system beneath: its queues, its offloading, waiting for it. */
const NO_EFFECT = /^(?:ethtool\s+-K\s|tc\s+qdisc\s|true$|sync$|:$|nstat$|nstat\s+-n$)/;

const assignments = (settings: Settings, words: readonly string[], line: string): string | null => {
  for (const word of words) {
    if (word.startsWith('-')) continue;
    const equals = word.indexOf('=');
    if (equals < 0) return `the command '${line}'`;
    const problem = setSysctl(settings, word.slice(0, equals), word.slice(equals + 1));
    if (problem !== null) return problem;
  }
  return null;
};

/**
 * The helper script that most scripts of the public collection start with: Linux's defaults of the time, a larger
 * receive buffer, Fast Open on both sides and on every listener, a fixed cookie key.
 */
const DEFAULTS: readonly (readonly [string, string])[] = [
  ['tcp_rmem', '4096 540000 15728640'],
  ['tcp_timestamps', '1'],
  ['tcp_syn_retries', '5'],
  ['tcp_synack_retries', '5'],
  ['tcp_ecn', '0'],
  ['tcp_fastopen', '0x403'],
  ['tcp_fastopen_key', 'a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4'],
];

const applyDefaults = (settings: Settings): string | null => {
  settings.flush = true;
  for (const [name, value] of DEFAULTS) {
    const problem = setSysctl(settings, name, value);
    if (problem !== null) return problem;
  }
  return null;
};

/** Splits at blanks; quotes hold together and are dropped. */
const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g), ([word]) => word.replace(/["']/g, ''));
