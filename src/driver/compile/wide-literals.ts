/**
 * Old versions of clang (14 is one) ignore -fshort-wchar for WebAssembly: L"…" has elements of four bytes there. In C, u"…" is what
 * Windows means by L"…": an array of unsigned short. Both are equally long, so that columns stay what they are.
 */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<!\w)L(?=["'])|(?<!\w)L(?=[ \t]*##)|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g;

/** C source with its wide literals written in the other way. */
export const narrowed = (source: Uint8Array): Uint8Array => {
  // Every byte is one character, whatever the encoding.
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1');
  return Buffer.from(
    text.replace(TOKEN, (token) => (token === 'L' ? 'u' : token)),
    'latin1',
  );
};
