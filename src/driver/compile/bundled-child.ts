/**
 * The program of the process that the bundled compiler lives in, as text for `node --eval`: it must run from sources
 * and from dist alike. 75 MB of WebAssembly start faster when V8 does not optimise them (--liftoff-only, an option of
 * the whole process), and the command line stays responsive meanwhile.
 *
 * Messages: {open, tree} keeps a tree of files; {run, session, tool, args, files, output} answers {run, code, text,
 * output}; {close} forgets a tree.
 */
export const bundledChild = (bundle: string): string => `
import { Exit, runClang, runLLVM } from ${JSON.stringify(bundle)};
const sessions = new Map();
const text = new TextDecoder();
let last = Promise.resolve();
const merge = (tree, files) => {
  const copy = { ...tree };
  for (const [path, bytes] of Object.entries(files)) {
    const parts = path.split('/');
    let folder = copy;
    for (const part of parts.slice(0, -1)) folder = folder[part] = { ...folder[part] };
    folder[parts.at(-1)] = bytes;
  }
  return copy;
};
const execute = async ({ run, session, tool, args, files, output }) => {
  const said = [];
  const listen = (bytes) => void (bytes && said.push(Buffer.from(bytes)));
  const options = { stdout: listen, stderr: listen, fetchProgress() {} };
  const command = tool === 'clang' ? runClang : runLLVM;
  let code = 0, made = {};
  try {
    made = (await command([tool, ...args], merge(sessions.get(session) ?? {}, files), options)) ?? {};
  } catch (error) {
    if (!(error instanceof Exit)) { code = 70; said.push(Buffer.from(String(error?.stack ?? error))); }
    else code = error.code;
  }
  const bytes = output === null || code !== 0 ? null : made[output];
  process.send({ run, code, text: text.decode(Buffer.concat(said)), output: bytes ?? null });
};
process.on('message', (message) => {
  if (message.open !== undefined) sessions.set(message.open, message.tree);
  else if (message.close !== undefined) sessions.delete(message.close);
  else last = last.then(() => execute(message));
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
`;
