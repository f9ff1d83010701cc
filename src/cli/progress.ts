import { SingleBar } from 'cli-progress';

/** A line on a terminal that says how far long work is; nothing elsewhere. */
export interface ProgressLine {
  show(what: string, done: number, of: number): void;
  clear(): void;
}

export const progressLine = (stream: NodeJS.WriteStream = process.stderr): ProgressLine => {
  const bar = new SingleBar({ stream, format: '[{bar}] {what}', barsize: 20, clearOnComplete: true, hideCursor: true });
  let shown = false;
  return {
    show(what, done, of) {
      if (!stream.isTTY) return;
      if (!shown) bar.start(of, done, { what });
      shown = true;
      bar.setTotal(of);
      bar.update(done, { what });
    },
    clear() {
      if (shown) bar.stop();
      shown = false;
    },
  };
};
