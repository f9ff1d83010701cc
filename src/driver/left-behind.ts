import type { RuleId, SourceFrame } from '../kernel/index.ts';
import type { Guest } from './guest.ts';

/** Things of one kind that a driver has not given back. */
export interface LeftBehind {
  readonly rule: RuleId;
  /** `2 blocks of pool 'Tag1', 96 bytes` */
  readonly what: string;
  /** Where the first was made, in the driver's source. */
  readonly frames: readonly SourceFrame[];
  /** Where the others were, a line each. */
  readonly details: readonly string[];
}

/** Places that are told beside the first. */
const PLACES = 3;

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What a driver that was unloaded has not given back, and where it was made. */
export const leftBehind = (guest: Guest): LeftBehind[] => {
  const left = (
    rule: RuleId,
    what: string,
    where: readonly (Error | null)[],
    text = plural(where.length, what),
  ): LeftBehind[] => {
    if (where.length === 0) return [];
    const places = where
      .map((stack) => (stack === null ? '' : guest.places.nameOf(stack)))
      .filter((place) => place !== '');
    const more = places.length - 1 - PLACES;
    return [
      {
        rule,
        what: text,
        frames: where[0] === null ? [] : guest.places.frames(where[0]),
        details: [
          ...places.slice(1, 1 + PLACES).map((place) => `another one at ${place}`),
          ...(more > 0 ? [`and ${more} more`] : []),
        ],
      },
    ];
  };
  const counted = (rule: RuleId, count: number, what: string, more = ''): LeftBehind[] =>
    left(rule, what, new Array<null>(count).fill(null), `${plural(count, what)}${more}`);
  return [
    ...pool(guest).flatMap(([tag, blocks]) => {
      const bytes = blocks.reduce((sum, { size }) => sum + size, 0);
      const text = `${plural(blocks.length, 'block')} of pool '${tag}', ${plural(bytes, 'byte')}`;
      return left(
        'R40',
        '',
        blocks.map(({ allocated }) => allocated),
        text,
      );
    }),
    ...left('R40', 'IRP', irps(guest)),
    ...left('R40', 'MDL', mdls(guest)),
    ...left('R40', 'address list', guest.addressLists.all),
    ...left('R40', 'system thread', [...guest.threads.values()]),
    ...left('R41', 'timer', guest.objects.timers, `${plural(guest.objects.timers.length, 'timer')} that will be due`),
    ...left(
      'R38',
      'spin lock',
      guest.locks.all.map(({ where }) => where),
    ),
    ...left(
      'R27',
      'socket',
      guest.sockets.all.map(({ where }) => where),
    ),
    ...left('R27', 'WSK registration', guest.registrations.all),
    ...left(
      'R40',
      'device object',
      guest.devices.all.map(({ address }) => guest.pool.blocks.get(address)?.allocated ?? null),
    ),
    ...counted('R40', guest.devices.links.size, 'symbolic link'),
    ...counted('R38', guest.executive.spinLocks.count, 'shared spin lock'),
    ...left('R40', 'work item', workItems(guest)),
    ...counted('R40', guest.executive.workItems.unfinished, 'work item routine', ' that has not ended'),
    ...counted('R40', guest.executive.resources.size, 'resource', ' (ERESOURCE)'),
    ...counted('R40', guest.handles.count, 'handle'),
    ...counted('R40', guest.executive.cryptoHandles.count, 'BCrypt handle'),
    ...counted('R40', guest.executive.timers.size, 'timer', ' (EX_TIMER)'),
  ];
};

const pool = (guest: Guest) => {
  const byTag = new Map<string, { size: number; allocated: Error | null }[]>();
  for (const { kind, tag, size, allocated } of guest.pool.blocks.values()) {
    if (kind !== 'pool') continue;
    const blocks = byTag.get(tag);
    if (blocks === undefined) byTag.set(tag, [{ size, allocated }]);
    else blocks.push({ size, allocated });
  }
  return [...byTag];
};

const irps = ({ kernel, pool }: Guest): (Error | null)[] =>
  [...kernel.liveIrps].map(({ history }) =>
    history === null ? null : (pool.blocks.get(history.address)?.allocated ?? null),
  );

const mdls = ({ pool }: Guest): (Error | null)[] =>
  [...pool.blocks.values()].filter(({ kind }) => kind === 'MDL').map(({ allocated }) => allocated);

const workItems = ({ executive, pool }: Guest): (Error | null)[] =>
  [...executive.workItems.items.values()]
    .filter(({ allocated }) => allocated)
    .map(({ address }) => pool.blocks.get(address)?.allocated ?? null);
