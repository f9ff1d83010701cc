import type { LeftBehind } from '../driver/index.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

/** What a TypeScript driver has not given back: objects whose makers are not known. */
const ofTypeScript = ({ kernel, wsk }: SimulatedMachine): LeftBehind[] => {
  const sockets = [...wsk.clients].reduce((sum, client) => sum + client.sockets.size, 0);
  const counts = [
    ['R27', sockets, 'socket'],
    ['R27', wsk.clients.size, 'WSK registration'],
    ['R40', kernel.liveIrps.size, 'IRP'],
    ['R40', wsk.addressLists.size, 'address list'],
  ] as const;
  return counts.flatMap(([rule, count, what]) =>
    count === 0 ? [] : [{ rule, what: `${count} ${what}${count === 1 ? '' : 's'}`, frames: [], details: [] }],
  );
};

/** Reports what a driver has left behind. @param left null for a driver in TypeScript @param unloaded it has a DriverUnload */
export const reportLeftBehind = (machine: SimulatedMachine, left: LeftBehind[] | null, unloaded: boolean): void => {
  const head = unloaded ? 'left behind at unload' : 'no DriverUnload, and still there';
  for (const { rule, what, frames, details } of left ?? ofTypeScript(machine))
    machine.kernel.report('error', rule, `${head}: ${what}`, { frames, details });
};

/** R27: why WskDeregister waits for ever, when it is that which DriverUnload waits for. */
export const reportStalled = (machine: SimulatedMachine, left: LeftBehind[]): void => {
  for (const client of machine.wsk.clients) {
    if (!client.deregistering) continue;
    const made = left.find(({ what }) => what.includes('socket'));
    const sockets = [...client.sockets].map(({ id, category }) => `socket ${id} (${category})`);
    if (sockets.length > 0) {
      const message = `WskDeregister waits for ever: ${sockets.join(', ')} not closed`;
      machine.kernel.report('error', 'R27', message, { frames: made?.frames ?? [], details: made?.details ?? [] });
    }
    if (client.captures > 0) {
      const message = 'WskDeregister waits for ever: WskReleaseProviderNPI was not called for every capture';
      machine.kernel.report('error', 'R27', message, { frames: [] });
    }
  }
};
