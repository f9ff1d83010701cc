// lwIP as WebAssembly, for ratios: built from the harness in the folder that PEERS names and Debian's source package, in
// a folder that is kept for the next run. LWIP_WASM names a folder where it is built already.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** @returns the folder that holds wasm.mjs and lwip.wasm, or the reason why there is none */
export const lwip = () => {
  const given = process.env.LWIP_WASM;
  if (given !== undefined) {
    return existsSync(join(given, 'lwip.wasm')) ? { folder: given } : { reason: `LWIP_WASM: no lwip.wasm in ${given}` };
  }
  const peers = process.env.PEERS;
  if (peers === undefined) return { reason: 'PEERS does not name the folder with the harnesses of the peers' };
  const harness = join(resolve(peers), 'lwip');
  if (!existsSync(join(harness, 'build.sh'))) return { reason: `no lwip/build.sh in ${peers}` };
  const home = join(tmpdir(), 'openwsk-peers');
  const folder = join(home, 'lwip');
  if (existsSync(join(folder, 'lwip.wasm'))) return { folder };
  for (const tool of ['gcc', 'clang', 'wasm-ld', 'apt-get']) {
    if (spawnSync('which', [tool]).status !== 0) return { reason: `${tool} is not installed` };
  }
  const source = join(home, 'aptsrc');
  mkdirSync(source, { recursive: true });
  cpSync(harness, folder, { recursive: true });
  const fetched = spawnSync('apt-get', ['source', 'lwip'], { cwd: source, encoding: 'utf8' });
  if (fetched.status !== 0)
    return { reason: `apt-get source lwip: ${fetched.stderr.trim().split('\n').at(-1)} (add deb-src lines)` };
  const built = spawnSync('sh', [join(folder, 'build.sh')], { env: { ...process.env, PEERS: home }, encoding: 'utf8' });
  return built.status === 0
    ? { folder }
    : { reason: `lwip/build.sh failed: ${built.stderr.trim().split('\n').at(-1)}` };
};
