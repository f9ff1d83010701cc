import { expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { MILLISECOND, VirtualExecutor } from '../time/index.ts';
import { PacketArena } from './arena.ts';
import { SimulatedLink } from './simulated-link.ts';
import { splice } from './splice.ts';

it('two links end to end carry packets both ways, with the delays of both', () => {
  const executor = new VirtualExecutor();
  const arena = new PacketArena();
  const random = new Random(1);
  const link = (delay: number): SimulatedLink => new SimulatedLink({ executor, arena, random, settings: { delay } });
  const [first, second] = [link(2 * MILLISECOND), link(3 * MILLISECOND)];
  splice(first, second);
  const arrived: string[] = [];
  const receive = (packet: number, port: number): void => {
    arrived.push(`${arena.bytesOf(packet)[0]} at ${port} @ ${executor.now() / MILLISECOND}`);
    arena.release(packet);
  };
  const ends = [first.attach({ receive }, 0, 'a'), second.attach({ receive }, 1, 'b')];
  ends[0].send(arena.from(Uint8Array.of(7)));
  ends[1].send(arena.from(Uint8Array.of(8)));
  executor.run();
  expect(arrived).toEqual(['7 at 1 @ 5', '8 at 0 @ 5']);
  expect(arena.liveCount).toBe(0);
});
