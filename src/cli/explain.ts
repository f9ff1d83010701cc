import { Command } from 'commander';
import pc from 'picocolors';
import { NT_SUCCESS, type NtStatusName, ntStatus, ntStatusName } from '../public/index.ts';
import { BugCheckCode, bugCheckName, type Rule, ruleOf, rules } from '../public/kernel.ts';
import { UsageError } from './failure.ts';
import { nearest } from './nearest.ts';
import { statusMeanings } from './status-meanings.ts';

export const explainCommand = (): Command =>
  new Command('explain')
    .description('what a finding, a status or a bug check code means, and how to mend it')
    .argument('<id>', 'R1 to R46, a STATUS_… or its value, the code or name of a bug check')
    .addHelpText('after', '\nExamples:\n  openwsk explain R17\n  openwsk explain 0xC00000B5\n  openwsk explain 0x44')
    .action((id: string) => {
      process.stdout.write(`${explanation(id)}\n`);
    });

/** @throws UsageError with the nearest names when there is none of this id */
export const explanation = (id: string): string => {
  const wanted = id.trim().toUpperCase();
  const rule = ruleOf(wanted);
  if (rule !== undefined) return ruleText(rule);
  if (wanted in ntStatus) return statusText(ntStatus[wanted as NtStatusName]);
  if (wanted in BugCheckCode) return bugCheckText(BugCheckCode[wanted as keyof typeof BugCheckCode]);
  const value = /^(?:0X[0-9A-F]{1,8}|-?\d{1,10})$/.test(wanted) ? Number(wanted) : Number.NaN;
  if (!Number.isNaN(value)) {
    // Statuses other than a few small ones have their severity in the top bits; bug check codes are small.
    if (bugCheckName(value) !== 'UNKNOWN') return bugCheckText(value as BugCheckCode);
    if (ntStatusName(value) in ntStatus) return statusText(value | 0);
  }
  const known = [...rules.map((it) => it.id), ...Object.keys(ntStatus), ...Object.keys(BugCheckCode)];
  throw new UsageError(`there is no ${id}; nearest: ${nearest(wanted, known, 3).join(', ')}`);
};

const hex = (value: number, digits = 0): string =>
  `0x${(value >>> 0).toString(16).toUpperCase().padStart(digits, '0')}`;

const lines = (head: string, rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return [head, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join('\n');
};

const ruleText = ({ id, severity, title, why, windows, fix, unseen }: Rule): string =>
  lines(`${pc.bold(id)} (${severity}): ${title}.`, [
    ['why', why],
    ['on Windows', `${windows}.`],
    ['fix', `${fix}.`],
    ['seen in C', unseen.c === null ? 'yes' : `no: ${unseen.c}`],
    ['in TypeScript', unseen.typescript === null ? 'yes' : `no: ${unseen.typescript}`],
  ]);

const statusText = (status: number): string => {
  const name = ntStatusName(status) as NtStatusName;
  const kind = ['success', 'information', 'warning', 'error'][status >>> 30];
  return lines(`${pc.bold(name)} = ${hex(status, 8)} (${kind}${NT_SUCCESS(status) ? ', NT_SUCCESS' : ''})`, [
    ['meaning', statusMeanings[name]],
  ]);
};

const bugCheckText = (code: BugCheckCode): string => {
  const name = bugCheckName(code);
  const short = `${hex(code)}(?![0-9A-F])`;
  const causes = rules.filter(({ windows }) => new RegExp(short, 'i').test(windows));
  return lines(`${pc.bold(name)} = ${hex(code)} (bug check)`, [
    ...causes.map(({ id, title }) => [id, title] as const),
    ...(causes.length === 0 ? [['meaning', 'no rule here leads to it by itself'] as const] : []),
  ]);
};
