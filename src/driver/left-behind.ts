import type { Guest } from './guest.ts';

const count = (number: number, what: string, more = ''): string[] =>
  number === 0 ? [] : [`${number} ${what}${number === 1 ? '' : 's'}${more}`];

/** What a driver that was unloaded has not given back, beside what every client of WSK could leave. */
export const leftBehind = (guest: Guest): string[] => {
  const pool = new Map<string, { blocks: number; bytes: number }>();
  let mdls = 0;
  for (const { kind, tag, size } of guest.pool.blocks.values()) {
    if (kind === 'MDL') mdls++;
    if (kind !== 'pool') continue;
    const sum = pool.get(tag) ?? { blocks: 0, bytes: 0 };
    pool.set(tag, { blocks: sum.blocks + 1, bytes: sum.bytes + size });
  }
  return [
    ...[...pool].map(
      ([tag, { blocks, bytes }]) => `pool '${tag}': ${count(blocks, 'block')[0]}, ${count(bytes, 'byte')[0]}`,
    ),
    ...count(mdls, 'MDL'),
    ...count(guest.liveThreads.length, 'system thread'),
    ...count(guest.devices.all.length, 'device object'),
    ...count(guest.devices.links.size, 'symbolic link'),
    ...count(guest.locks.count + guest.executive.spinLocks.count, 'spin lock'),
    ...count([...guest.executive.workItems.items.values()].filter(({ allocated }) => allocated).length, 'work item'),
    ...count(guest.executive.workItems.unfinished, 'work item routine', ' that has not ended'),
    ...count(guest.executive.resources.size, 'resource', ' (ERESOURCE)'),
    ...count(guest.handles.count, 'handle'),
    ...count(guest.executive.cryptoHandles.count, 'BCrypt handle'),
    ...count(guest.executive.timers.size, 'timer', ' (EX_TIMER)'),
  ];
};
