/**
 * What the Fast Open sample must do whatever happens, and what a sweep over it must have come by:
 * openwsk sweep drivers/fast-open/scenario.ts --seeds 1..1000
 */
import { NT_SUCCESS } from 'openwsk';
import { type DriverOutcome, parsePeer, type Scenario } from 'openwsk/sim';

const isLoaded = ({ status }: DriverOutcome): boolean => status !== null && NT_SUCCESS(status);

export const scenario: Scenario = {
  driver: 'fast-open.c',
  peers: [parsePeer('echo')],
  always: {
    'a driver that loads has had both answers': (outcome) =>
      !isLoaded(outcome) || outcome.prints.filter((text) => text.includes('first byte after')).length === 2,
  },
  sometimes: {
    'data rides in a SYN': ({ driver }) => driver.host.counters.fastOpenActive > 0,
    'data in a SYN is sent again, since it was not taken': ({ driver }) => driver.host.counters.fastOpenActiveFail > 0,
    'the driver does not load': (outcome) => !isLoaded(outcome),
  },
};
