// `npm run bench`: the host part, the stack part, the driver part. Options go to the host part; `-- --only stack` and
// `-- --only driver` run one of the others alone.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const run = (file, ...parameters) => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { status } = spawnSync(process.execPath, [path, ...parameters], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
};

const parameters = process.argv.slice(2);
const only = parameters.indexOf('--only');
const parts = only < 0 ? null : (parameters[only + 1] ?? '').split(',');
const apart = ['stack', 'driver'];
if (parts === null || parts.some((part) => !apart.includes(part))) run('build/main.js', ...parameters);
if (parts === null || parts.includes('stack'))
  run('stack/run.mjs', ...(parameters.includes('--quick') ? ['1e8', '20000', '2'] : []));
if (parts === null || parts.includes('driver')) run('driver/run.mjs');
