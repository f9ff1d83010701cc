import { expect, test } from 'vitest';
import { RealExecutor } from '../time/index.ts';
import { hostObstacle, loadLibc } from './libc.ts';
import { Reactor } from './reactor.ts';
import { TimerFd } from './timer-fd.ts';

const obstacle = await hostObstacle();

test.skipIf(obstacle !== null)(
  `the kernel's timer wakes the real clock, in order and never early${obstacle === null ? '' : ` (skipped: ${obstacle})`}`,
  async () => {
    const libc = await loadLibc();
    const executor = new RealExecutor();
    const reactor = new Reactor(libc, executor);
    let timer: TimerFd | null = null;
    executor.useAlarm((ring) => (timer = new TimerFd(libc, reactor, ring)));
    const fired: string[] = [];
    await new Promise<void>((resolve) => {
      const due: number[] = [];
      const target = {
        onEvent: (kind: number) => {
          fired.push(`${kind} ${executor.now() >= due[kind] ? 'in time' : 'early'}`);
          if (kind === 4) resolve();
        },
      };
      for (const [kind, wait] of [1_500_000, 0, 300_000, 900_000, 1_800_000].entries()) {
        due[kind] = executor.now() + wait;
        const handle = executor.schedule(due[kind], target, kind, 0);
        if (kind === 3) executor.cancel(handle);
      }
    });
    expect(fired).toEqual(['1 in time', '2 in time', '0 in time', '4 in time']);
    executor.useAlarm(null);
    expect(executor.hasFineAlarm).toBe(false);
    timer!.close();
    reactor.close();
  },
);
