/** A line on a terminal that says how far long work is; nothing elsewhere. */
export interface ProgressLine {
  show(what: string, done: number, of: number): void;
  clear(): void;
}

const WIDTH = 20;

export const progressLine = (stream: NodeJS.WriteStream = process.stderr): ProgressLine => {
  let shown = false;
  return {
    show(what, done, of) {
      if (!stream.isTTY) return;
      const full = Math.round((WIDTH * done) / of);
      const text = `[${'='.repeat(full)}${' '.repeat(WIDTH - full)}] ${what}`;
      stream.write(`\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
      shown = true;
    },
    clear() {
      if (shown) stream.write('\r\x1b[K');
      shown = false;
    },
  };
};
