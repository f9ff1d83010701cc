/** `npm run bench`: see bench/README.md. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hostObstacle } from 'openwsk/host';
import { judge } from './lib/goal.ts';
import { machine } from './lib/machine.ts';
import { prepareNamespace } from './lib/network.ts';
import { table } from './lib/table.ts';
import { full, measureHost, type Part, parts, quick } from './measure.ts';

const usage = `npm run bench -- [--quick] [--only ${parts.join(',')}] [--name NAME]`;

const options = () => {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: parts.join(',') },
        name: { type: 'string' },
        inside: { type: 'boolean', default: false },
      },
    });
    const only = values.only.split(',');
    const unknown = only.filter((part) => !parts.includes(part as Part));
    if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}`);
    return { ...values, only: only as Part[], name: values.name ?? (values.quick ? 'host-quick' : 'host') };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    process.exit(2);
  }
};

const chosen = options();
const obstacle = await hostObstacle();
if (obstacle !== null) {
  process.stderr.write(`the host part is skipped: ${obstacle}\n`);
  process.exit(0);
}

const skipped: string[] = [];
if (!chosen.inside) {
  // A namespace of our own has Fast Open on, whatever the system's setting, and nobody else's connections.
  const again = ['-rn', process.execPath, ...process.argv.slice(1), '--inside'];
  const probe = spawnSync('unshare', ['-rn', 'true'], { encoding: 'utf8' });
  if (probe.status === 0) process.exit(spawnSync('unshare', again, { stdio: 'inherit' }).status ?? 1);
  skipped.push(
    `a network namespace (${(probe.stderr || String(probe.error)).trim()}): Fast Open is as the system has it`,
  );
} else {
  prepareNamespace();
}

const date = new Date().toISOString();
const { rows, skipped: partsSkipped, server } = await measureHost(chosen.only, chosen.quick ? quick : full);
skipped.push(...partsSkipped);
const judged = rows.map(judge);
process.stdout.write(`\n${table(judged)}\n`);
for (const reason of skipped) process.stdout.write(`skipped: ${reason}\n`);

const folder = join(import.meta.dirname, '..', 'results');
const file = join(folder, `${chosen.name}.json`);
mkdirSync(folder, { recursive: true });
const result = { date, quick: chosen.quick, machine: machine(), server, rows: judged, skipped };
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`written to bench/results/${chosen.name}.json\n`);
