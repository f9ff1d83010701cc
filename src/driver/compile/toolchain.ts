/** A run of a compiler's program over the files of a session. */
export interface ToolRun {
  readonly tool: 'clang' | 'wasm-ld';
  /** Paths in them are relative to the root of the session's files. */
  readonly args: readonly string[];
  /** Files besides those of the session: what is linked. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** The name of the file that it makes (added as -o), if any. */
  readonly output?: string;
}

export interface ToolResult {
  readonly code: number;
  /** What it said, both streams. */
  readonly text: string;
  readonly output: Uint8Array | null;
}

/** A set of files that a compiler works on. */
export interface ToolSession {
  run(run: ToolRun): Promise<ToolResult>;
  close(): void;
}

/** What a driver has that not every compiler can do. */
export interface Needs {
  readonly cxx: boolean;
  /** __try blocks. */
  readonly seh: boolean;
}

export interface Toolchain {
  readonly kind: 'native' | 'bundled';
  /** For people: `clang 14.0.6`. */
  readonly name: string;
  /** Changes when its results may. */
  readonly id: string;
  readonly major: number;
  /** What of a driver it cannot compile as Windows means it, and why; null when there is nothing. */
  obstacle(needs: Needs): string | null;
  /** How many runs at once do good. */
  readonly parallel: number;
  /** @param files by path relative to their common root, with forward slashes */
  open(files: ReadonlyMap<string, Uint8Array>): ToolSession;
}

/** The file that makes names of headers match in any case, as on Windows. */
export const OVERLAY = 'overlay.json';

/**
 * The overlay over a tree of files: a virtual file system for clang that is the tree itself, except that names match in
 * any case. YAML, of which JSON is a part.
 * @param root the absolute folder that holds the files, '/' in the bundled compiler's tree
 */
export const overlayOf = (root: string, paths: Iterable<string>): string => {
  const folders = new Map<string, { name: string; type: 'file'; 'external-contents': string }[]>();
  const base = root.replace(/\/$/, '');
  for (const path of paths) {
    const cut = path.lastIndexOf('/');
    const folder = `${base}/${cut < 0 ? '' : path.slice(0, cut)}`;
    const inside = folders.get(folder) ?? [];
    if (inside.length === 0) folders.set(folder, inside);
    inside.push({ name: path.slice(cut + 1), type: 'file', 'external-contents': `${base}/${path}` });
  }
  const roots = [...folders].map(([name, contents]) => ({ name, type: 'directory', contents }));
  return JSON.stringify({ version: 0, 'case-sensitive': false, 'use-external-names': false, roots });
};
