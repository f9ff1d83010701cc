import type { Store } from './store.ts';

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** `#t=40ms`, with ns, us, ms or s (milliseconds without a unit); `&e=12` names an event, `&run=1` the second of two runs. */
export const followLink = (store: Store, hash: string): void => {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const [, digits, unit] = /^([\d.]+)\s*(ns|us|ms|s)?$/.exec(parts.get('t') ?? '') ?? [];
  const event = /^\d+$/.test(parts.get('e') ?? '') ? Number(parts.get('e')) : null;
  if (digits === undefined && event === null) return;
  store.goTo(Number(digits ?? 0) * units[unit ?? 'ms'], event, Number(parts.get('run') ?? 0));
};
