import type { SingleBar } from 'cli-progress';

/** A line on a terminal that says how far long work is; nothing elsewhere. */
export interface ProgressLine {
  show(what: string, done: number, of: number): void;
  clear(): void;
}

const format = { format: '[{bar}] {what}', barsize: 20, clearOnComplete: true, hideCursor: true };

export const progressLine = (stream: NodeJS.WriteStream = process.stderr): ProgressLine => {
  let isLoading = false;
  let bar: SingleBar | null = null;
  let latest: { readonly what: string; readonly done: number; readonly of: number } | null = null;
  const draw = (): void => {
    if (bar === null || latest === null) return;
    const { what, done, of } = latest;
    if (!bar.isActive) bar.start(of, done, { what });
    bar.setTotal(of);
    bar.update(done, { what });
  };
  // Work that is done at once does not wait for it.
  const load = async (): Promise<void> => {
    const progress = await import('cli-progress');
    bar = new progress.SingleBar({ stream, ...format });
    draw();
  };
  return {
    show(what, done, of) {
      if (!stream.isTTY) return;
      latest = { what, done, of };
      if (isLoading) return draw();
      isLoading = true;
      void load();
    },
    clear() {
      latest = null;
      if (bar?.isActive) bar.stop();
    },
  };
};
