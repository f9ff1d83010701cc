import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { isEdgeEntry, root, sourceFiles } from './source-files.ts';

const textOf = (file: string): string => readFileSync(`${root}dist/${file}`, 'utf8');

/** What starts with a file of dist: the packages and modules of Node that its static imports lead to. */
const loadedWith = (file: string): string[] => {
  const files = new Set([file]);
  const packages = new Set<string>();
  for (const one of files) {
    for (const [, to] of textOf(one).matchAll(/^(?:import|export)\s(?:[^;'"]*?\sfrom\s)?"([^"]+)";$/gm)) {
      if (to.startsWith('.')) files.add(posix.join(posix.dirname(one), to));
      else packages.add(to);
    }
  }
  return [...packages].sort();
};

/** The file of dist in which a command lies. */
const commandFile = (name: string): string =>
  `chunks/${new RegExp(`chunks/(${name}-\\w+\\.js)`).exec(textOf('cli/main.js'))![1]}`;

const RANDOM = 'pure-rand/generator/xoroshiro128plus';
const entries = sourceFiles().filter(({ path }) => path.startsWith('public/') && !isEdgeEntry(path));

test.each(entries.map(({ path }) => path))('%s, built, needs nothing of Node', (path) => {
  expect(loadedWith(path.replace(/\.ts$/, '.js'))).toEqual([RANDOM]);
});

test('the command line starts with little, and run with no package that only some runs need', () => {
  const packages = (file: string): string[] => loadedWith(file).filter((name) => !name.startsWith('node:'));
  expect(packages('cli/main.js')).toEqual(['commander', RANDOM]);
  expect(packages(commandFile('run'))).toEqual(['commander', 'picocolors', RANDOM]);
});

test('the names that are looked for in stacks are still there', () => {
  const program = `
    import { Simulation } from 'openwsk/sim';
    const simulation = new Simulation();
    const machine = simulation.addMachine('a');
    const show = () => console.log(new Error().stack);
    await simulation.run(() => machine.run(function* () { show(); }));
    machine.kernel.runAtDispatch({ onEvent: show }, 0, 0);`;
  const options = { cwd: root, encoding: 'utf8' } as const;
  const stacks = execFileSync(process.execPath, ['--input-type=module', '--eval', program], options);
  expect(stacks).toMatch(/ at KernelThread\.resume \(/);
  expect(stacks).toMatch(/ at Kernel\.runAtDispatch \(/);
});
