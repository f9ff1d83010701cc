import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { importsOf, isEdge, isEdgeEntry, resolved, root, type SourceFile, sourceFiles } from './source-files.ts';

const files = sourceFiles();

/** What each folder may import besides itself: folders, or single modules of them. Imports only go down. */
const core = ['base', 'time', 'trace', 'kernel', 'link', 'tcpip', 'wsk', 'transport', 'sockets', 'driver'];
const allowed: Record<string, readonly string[]> = {
  base: [],
  time: ['base'],
  trace: ['base', 'time'],
  kernel: ['base', 'time', 'trace'],
  system: ['base', 'time'],
  link: ['base', 'time', 'trace'],
  'link/tun': ['base', 'time', 'trace', 'link', 'system'],
  tcpip: ['base', 'time', 'trace', 'link'],
  'tcpip/wire': ['base'],
  wsk: ['base', 'time', 'trace', 'kernel'],
  transport: ['base', 'time', 'trace', 'tcpip', 'link', 'wsk/transport.ts'],
  'transport/host': ['base', 'time', 'trace', 'transport', 'wsk/transport.ts', 'system'],
  sockets: ['base', 'time', 'kernel', 'wsk'],
  driver: ['base', 'time', 'trace', 'kernel', 'wsk'],
  'driver/compile': ['base', 'time', 'trace', 'kernel', 'wsk', 'driver', 'package'],
  package: [],
  sim: core,
  packets: ['base', 'time', 'trace', 'link', 'tcpip'],
  report: ['base', 'trace', 'tcpip/wire'],
  'report/html/page': ['base', 'trace', 'report'],
  cli: ['package', 'public', 'report', 'packets', 'link/tun', 'transport/host', 'driver/compile', 'driver/node-crypto'],
  public: [...core, 'system', 'sim', 'packets', 'report'],
};

/** Packages that run anywhere, and who may import them. Everything else is for edges. */
const portable: Record<string, readonly string[]> = {
  'ipaddr.js': ['base'],
  'pure-rand': ['base'],
  preact: ['report/html/page'],
};

/** The row of the table that a module stands in: the longest that fits. */
const rowOf = (path: string): string =>
  Object.keys(allowed)
    .filter((row) => path.startsWith(`${row}/`))
    .sort((a, b) => b.length - a.length)[0] ?? '(no row)';

const covers = (entry: string, path: string): boolean =>
  path === entry || path === `${entry}.ts` || path.startsWith(`${entry}/`);

/** Why a module may not import another; null when it may. */
const objection = (from: string, to: string): string | null => {
  const row = rowOf(from);
  if (allowed[row] === undefined) return `${from}: its folder is not in the table of imports`;
  const isRelative = /\.tsx?$/.test(to);
  if (!isRelative) {
    if (isEdge(from) || (!to.startsWith('node:') && portable[packageOf(to)]?.includes(row))) return null;
    return `${from} imports ${to}: only edges may (see isEdge)`;
  }
  if (isEdge(to) && !isEdge(from) && !isEdgeEntry(from))
    return `${from} imports the edge ${to}: it has to be handed in`;
  const same = rowOf(to) === row || (row === 'tcpip' && covers('tcpip/wire', to));
  const fits = same || allowed[row].some((entry) => covers(entry, to));
  return fits ? null : `${from} imports ${to}: ${row} may import ${allowed[row].join(', ') || 'nothing'}`;
};

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const objections = (given: readonly SourceFile[]): string[] =>
  given.flatMap((file) =>
    importsOf(file).flatMap((specifier) => objection(file.path, resolved(file.path, specifier)) ?? []),
  );

test('every import keeps to the table: imports go down, the platform stays in the edges', () => {
  expect(objections(files)).toEqual([]);
});

test('the imports seen here are all that a bundler sees', async () => {
  const graph = await build({
    entryPoints: files.map(({ path }) => `src/${path}`),
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    platform: 'neutral',
    external: ['node:*'],
    format: 'esm',
    target: 'esnext',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  for (const file of files) {
    const seen = new Set(importsOf(file).map((specifier) => resolved(file.path, specifier)));
    const bundled = graph.metafile.inputs[`src/${file.path}`].imports.map(({ path }) => path.replace(/^src\//, ''));
    // What the compiler of JSX puts in stands in no source.
    for (const path of bundled.filter((one) => one !== 'preact/jsx-runtime'))
      expect(seen, `${file.path} imports ${path}`).toContain(path);
  }
});

describe('the table objects to', () => {
  test.each([
    ['an import upwards', 'kernel/irp.ts', "import { x } from '../wsk/index.ts';"],
    ['an import upwards of a type alone', 'kernel/irp.ts', "import type { X } from '../wsk/index.ts';"],
    ['an import upwards over several lines', 'base/x.ts', "import {\n  x,\n  y,\n} from '../time/index.ts';"],
    ['an import for its effects', 'base/x.ts', "import '../time/index.ts';"],
    ['a re-export', 'base/x.ts', "export * from '../time/index.ts';"],
    ['a dynamic import', 'base/x.ts', "const x = () => import('../time/index.ts');"],
    ['the type of an import', 'base/x.ts', "type X = typeof import('../time/index.ts');"],
    ['node in the core', 'kernel/irp.ts', "import { readFileSync } from 'node:fs';"],
    ['a native package in the core', 'sim/x.ts', "const koffi = await import('koffi');"],
    ['any package in the core', 'sim/x.ts', "import { Command } from 'commander';"],
    ['a portable package where it does not belong', 'wsk/x.ts', "import ipaddr from 'ipaddr.js';"],
    ['an edge in the core', 'sim/x.ts', "import { HostTransport } from '../transport/host/host-transport.ts';"],
    ['a device in the links of the core', 'link/x.ts', "import { TunLink } from './tun/index.ts';"],
    ['the system in the core', 'link/x.ts', "import { Reactor } from '../system/reactor.ts';"],
    ['an edge in a core entry', 'public/sim.ts', "import { Tun } from '../link/tun.ts';"],
    ['more of wsk than its Transport interface in a transport', 'transport/stack/x.ts', "import '../../wsk/index.ts';"],
    ['the rest of tcpip in its wire codecs', 'tcpip/wire/ip.ts', "import '../tcp/x.ts';"],
    ['the rest of tcpip in a report', 'report/x.ts', "import '../tcpip/index.ts';"],
    ['the core in the command line', 'cli/x.ts', "import '../kernel/index.ts';"],
    ['the command line in anything', 'public/x.ts', "import '../cli/main.ts';"],
    ['what lies in the package in the core', 'sim/x.ts', "import { packageFile } from '../package/package-files.ts';"],
    ['a folder that is not in it', 'new/x.ts', "import '../base/index.ts';"],
  ])('%s', (_what, path, text) => {
    expect(objections([{ path, text }])).toHaveLength(1);
  });

  test.each([
    ['an import downwards', 'wsk/x.ts', "import { x } from '../kernel/index.ts';"],
    ['an import of the same folder', 'base/x.ts', "import { x } from './y.ts';"],
    [
      'the Transport interface in a transport',
      'transport/host/x.ts',
      "import type { X } from '../../wsk/transport.ts';",
    ],
    ['node in an edge', 'driver/compile/x.ts', "import 'node:fs';"],
    ['node in the edge for cryptography', 'driver/node-crypto.ts', "import 'node:crypto';"],
    ['an edge in the command line', 'cli/x.ts', "import '../link/tun.ts';"],
    ['an edge in the entry that hands it in', 'public/host.ts', "import '../transport/host/host-transport.ts';"],
    ['the wire codecs in tcpip', 'tcpip/tcp/x.ts', "import '../wire/ip.ts';"],
    ['the wire codecs in a report', 'report/x.ts', "import '../tcpip/wire/ip.ts';"],
    ['a text that looks like an import', 'base/x.ts', "const text = `from '../wsk/index.ts'`;"],
  ])('but not to %s', (_what, path, text) => {
    expect(objections([{ path, text }])).toEqual([]);
  });
});
