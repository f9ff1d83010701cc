import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { OpenWskError } from '../../base/index.ts';
import { installedPackage } from '../../package/package-files.ts';
import { bundledChild } from './bundled-child.ts';
import { OVERLAY, overlayOf, type Toolchain, type ToolResult, type ToolRun, type ToolSession } from './toolchain.ts';

type Tree = { [name: string]: Tree | Uint8Array };

const PACKAGE = '@yowasp/clang';

/** clang as an npm package: no compiler on the machine is needed. Null when it is not installed. */
export const bundledToolchain = (): Toolchain | null => {
  const found = installedPackage(PACKAGE);
  if (found === null) return null;
  const bundle = pathToFileURL(found.entry).href;
  return {
    kind: 'bundled',
    name: `${PACKAGE} ${found.version}`,
    id: `${PACKAGE} ${found.version}`,
    major: Number.parseInt(found.version, 10),
    obstacle: () => null,
    parallel: 1,
    open: (files) => openSession(compilerOf(bundle), files),
  };
};

/** One warm compiler per process: its first run takes seconds, later ones a tenth. */
const compilers = new Map<string, CompilerProcess>();

const compilerOf = (bundle: string): CompilerProcess => {
  const running = compilers.get(bundle);
  if (running?.alive) return running;
  const started = new CompilerProcess(bundle);
  compilers.set(bundle, started);
  return started;
};

let sessions = 0;

const openSession = (compiler: CompilerProcess, files: ReadonlyMap<string, Uint8Array>): ToolSession => {
  const session = ++sessions;
  compiler.send({ open: session, tree: treeOf(files) });
  return {
    run: (run) => compiler.run(session, run),
    close: () => compiler.send({ close: session }),
  };
};

const treeOf = (files: ReadonlyMap<string, Uint8Array>): Tree => {
  const tree: Tree = {};
  for (const [path, bytes] of files) {
    const parts = path.split('/');
    let folder = tree;
    for (const part of parts.slice(0, -1)) folder = (folder[part] ??= {}) as Tree;
    folder[parts[parts.length - 1]] = bytes;
  }
  tree[OVERLAY] = new TextEncoder().encode(overlayOf('/', files.keys()));
  return tree;
};

/** The process that the compiler runs in. It does not keep this one alive, and ends with it. */
class CompilerProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, { done(result: ToolResult): void; fail(error: Error): void }>();
  #runs = 0;
  #said = '';
  alive = true;

  constructor(bundle: string) {
    this.#child = spawn(
      process.execPath,
      ['--liftoff-only', '--no-warnings', '--input-type=module', '--eval', bundledChild(bundle)],
      {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        serialization: 'advanced',
        env: { ...process.env, NODE_OPTIONS: '', NODE_CHANNEL_FD: undefined },
      },
    );
    this.#child
      .stderr!.setEncoding('utf8')
      .on('data', (text: string) => (this.#said = (this.#said + text).slice(-2000)));
    this.#child.on('message', (message) => this.#answered(message as ToolResult & { run?: number }));
    this.#child.on('error', (error) => this.#ended(error.message));
    this.#child.on('exit', (code, signal) => this.#ended(`ended with ${signal ?? code}`));
    this.#idle();
  }

  send(message: unknown): void {
    if (this.alive) this.#child.send(message as object, () => {});
  }

  run(session: number, { tool, args, files = {}, output }: ToolRun): Promise<ToolResult> {
    if (!this.alive) return Promise.reject(died('is gone'));
    const run = ++this.#runs;
    const full = output === undefined ? args : [...args, '-o', output];
    return new Promise((done, fail) => {
      this.#pending.set(run, { done, fail });
      this.#child.ref();
      this.#child.channel?.ref();
      this.send({ run, session, tool, args: full, files, output: output ?? null });
    });
  }

  #answered({ run, code, text, output }: ToolResult & { run?: number }): void {
    const waiting = run === undefined ? undefined : this.#pending.get(run);
    if (waiting === undefined) return;
    this.#pending.delete(run!);
    if (this.#pending.size === 0) this.#idle();
    waiting.done({ code, text, output });
  }

  #ended(how: string): void {
    this.alive = false;
    for (const { fail } of this.#pending.values()) fail(died(`${how} ${this.#said}`.trim()));
    this.#pending.clear();
  }

  /** With nothing to do it does not keep this process from ending. */
  #idle(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as unknown as { unref(): void }).unref();
  }
}

const died = (how: string): OpenWskError =>
  new OpenWskError('OWSK_NO_COMPILER', `the bundled compiler ${how}; a native clang can be used: --compiler native`);
