import { dirname, relative, sep } from 'node:path';
import { Folders, read } from './folders.ts';
import { traceHeader } from './wpp.ts';

/**
 * Every file that compiling the units may read, found by following their #include lines without regard to #if: the
 * compilers work on this copy alone, and its bytes are what a cached result is known by.
 *
 * Paths in it: `src/…` for the driver's files (below the deepest folder that holds them all, so that results do not
 * depend on where that is), `include/…` and `runtime/…` for ours, `wpp/….tmh` for generated trace headers.
 */
export interface SourceTree {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The units' paths in the tree, in the order given. */
  readonly units: readonly string[];
  readonly runtimeUnits: readonly string[];
  /** The include folders' paths in the tree. */
  readonly includeDirs: readonly string[];
  /** The path on disk of a path in the tree, in any case. */
  original(path: string): string | undefined;
  /** A unit and everything it includes, over any number of steps, in a stable order. */
  closure(unit: string): readonly string[];
}

export interface TreeRequest {
  /** Absolute paths. */
  readonly units: readonly string[];
  readonly includeDirs: readonly string[];
  readonly include: string;
  readonly runtime: string;
  readonly runtimeUnits: readonly string[];
  readonly traceFunctions: readonly string[];
}

interface Scanned {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly includes: string[];
  readonly generated: string[];
}

const INCLUDE = /^[ \t]*#[ \t]*(?:include|include_next|import)[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>|([A-Za-z_]\w*))/gm;

export const sourceTree = (request: TreeRequest): SourceTree => {
  const scanned = new Map<string, Scanned>();
  const folders = new Folders();
  const search = [
    ...new Set([
      ...request.units.map((unit) => dirname(unit)),
      ...request.includeDirs,
      request.include,
      request.runtime,
    ]),
  ];
  const pending = [...request.units, ...request.runtimeUnits];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (scanned.has(path)) continue;
    const file = scan(path, search, folders);
    scanned.set(path, file);
    pending.push(...file.includes);
  }
  return new ScannedTree(request, scanned);
};

const scan = (path: string, search: readonly string[], folders: Folders): Scanned => {
  const bytes = read(path);
  const text = new TextDecoder('latin1').decode(bytes);
  const includes = new Set<string>();
  const generated: string[] = [];
  const places = [...new Set([dirname(path), ...search])];
  for (const [, quoted, angled, macro] of text.matchAll(INCLUDE)) {
    // A name that a macro makes cannot be known: it may be any header there.
    if (macro !== undefined)
      for (const place of places) for (const header of folders.headers(place)) includes.add(header);
    const name = quoted ?? angled;
    if (name === undefined) continue;
    const found = places.flatMap((place) => folders.find(place, name) ?? []);
    for (const header of found) includes.add(header);
    if (found.length === 0 && /\.tmh$/i.test(name))
      generated.push(name.replaceAll('\\', '/').replace(/^(?:\.{1,2}\/)+/, ''));
  }
  return { bytes, text, includes: [...includes], generated };
};

class ScannedTree implements SourceTree {
  readonly files = new Map<string, Uint8Array>();
  readonly units: readonly string[];
  readonly runtimeUnits: readonly string[];
  readonly includeDirs: readonly string[];
  readonly #originals = new Map<string, string>();
  readonly #edges = new Map<string, string[]>();

  constructor(request: TreeRequest, scanned: ReadonlyMap<string, Scanned>) {
    const { include, runtime } = request;
    const ours = [include, runtime];
    const own = [...scanned.keys()].filter(
      (path) => request.units.includes(path) || !ours.some((folder) => isBelow(folder, path)),
    );
    const root = commonFolder([...own.map((path) => dirname(path)), ...request.includeDirs]);
    const place = (path: string): string => {
      if (own.includes(path)) return joined('src', root, path);
      return isBelow(runtime, path) ? joined('runtime', runtime, path) : joined('include', include, path);
    };
    this.units = request.units.map(place);
    this.runtimeUnits = request.runtimeUnits.map(place);
    this.includeDirs = request.includeDirs.map((folder) => joined('src', root, folder));
    const tmh = traceHeader(
      own.map((path) => scanned.get(path)!.text),
      request.traceFunctions,
    );
    for (const path of [...scanned.keys()].sort()) {
      const { bytes, includes, generated } = scanned.get(path)!;
      this.files.set(place(path), bytes);
      this.#originals.set(place(path).toLowerCase(), path);
      const headers = generated.map((name) => `wpp/${name}`);
      for (const header of headers) this.files.set(header, tmh);
      this.#edges.set(place(path), [...includes.map(place), ...headers]);
    }
  }

  original(path: string): string | undefined {
    return this.#originals.get(path.toLowerCase());
  }

  closure(unit: string): readonly string[] {
    const reached = new Set<string>();
    const pending = [unit];
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      pending.push(...(this.#edges.get(path) ?? []));
    }
    return [...reached].sort();
  }
}

const slashed = (path: string): string => path.split(sep).join('/');

const joined = (name: string, root: string, path: string): string => {
  const rest = slashed(relative(root, path)).replaceAll(':', '');
  return rest === '' ? name : `${name}/${rest}`;
};

const isBelow = (folder: string, path: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** The deepest folder that all are in or below. */
const commonFolder = (folders: readonly string[]): string => {
  let common = folders[0];
  for (const folder of folders) {
    while (common !== folder && !isBelow(common, folder) && dirname(common) !== common) common = dirname(common);
  }
  return common;
};
