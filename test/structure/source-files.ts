import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A module of src, its path below src with forward slashes (`kernel/irp.ts`). */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** All of src but the tests. */
export const sourceFiles = (): SourceFile[] =>
  readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts'))
    .sort()
    .map((path) => ({ path, text: readFileSync(`${root}src/${path}`, 'utf8') }));

/** The only modules that may touch the platform: they import node:* or native packages and are handed to the core. */
export const isEdge = (path: string): boolean =>
  /^(package|system|link\/tun|transport\/(host|net)|sockets\/node-stream|driver\/(compile|node-crypto))(\/|\.|-)/.test(
    path,
  ) || path.startsWith('cli/');

/** The program of the HTML report: it runs in a browser, by itself, and is bundled when the package is built. */
export const isPage = (path: string): boolean => path.startsWith('report/html/page/');

/** Public entries that hand edges in: their importers want the platform. */
export const isEdgeEntry = (path: string): boolean => path === 'public/host.ts' || path === 'public/driver.ts';

/** The code that runs: without types and comments. */
export const runningCode = ({ path, text }: SourceFile): string =>
  transformSync(text, {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    target: 'esnext',
    minifyWhitespace: true,
    legalComments: 'none',
  }).code;

/**
 * What a module imports, types included. Biome's formatting, which the checks hold, makes the statements easy to find;
 * a test compares with the graph that esbuild sees, so that nothing that runs can slip through.
 */
export const importsOf = ({ text }: SourceFile): string[] => {
  const statement = /^(?:import|export)\s(?:[^;'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm;
  const call = /\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(statement), ...text.matchAll(call)].map((match) => match[1]);
};

/** A relative import as a path below src; packages as they are. */
export const resolved = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? new URL(specifier, `file:///${from}`).pathname.slice(1) : specifier;
