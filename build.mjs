// The first half of `npm run build`: a fresh dist with the JavaScript. tsc then checks the types and adds declarations.
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Chunks are named by what they contain: those of an earlier build would stay, and be published.
rmSync('dist', { recursive: true, force: true });

// The one package that is bundled: CommonJS, which Node has to search for its exports each time, a tenth of a short run.
const ipaddr = fileURLToPath(import.meta.resolve('ipaddr.js'));
cpSync('node_modules/ipaddr.js/LICENSE', 'dist/licenses/ipaddr.js.txt');

// Few files load faster than many. What entries share lies in chunks, so that a process that loads several of them (the
// command line, and through the driver that it imports openwsk/sim) has one copy of each module. What is imported
// dynamically waits in chunks of its own.
await build({
  entryPoints: ['src/cli/main.ts', 'src/cli/sweep-worker.ts', 'src/public/*.ts'],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  alias: { 'ipaddr.js': ipaddr },
  sourcemap: 'linked',
  charset: 'utf8',
  logLevel: 'warning',
});

// The page of HTML reports: a script and a style sheet that each report carries in itself.
await build({
  entryPoints: [
    { in: 'src/report/html/page/main.tsx', out: 'page' },
    { in: 'src/report/html/page/style.css', out: 'page' },
  ],
  outdir: 'dist/report/html',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  banner: { js: '/* OpenWSK; contains Preact, MIT License, Copyright (c) 2015-present Jason Miller */' },
  charset: 'utf8',
  logLevel: 'warning',
});
