import { describe, expect, it } from 'vitest';
import { answerHeld, nobody, refuseHeld, type Tcb } from '../../src/tcpip/index.ts';
import { ACK, RST, SYN, type TcpOptionValue } from '../../src/tcpip/wire/index.ts';
import { SECOND } from '../../src/time/index.ts';
import { data, Wire } from './wire.ts';

/** SYNs that are not answered before the listener's client has looked at them. */
const listening = () => {
  const wire = new Wire();
  const held: Tcb[] = [];
  const log: string[] = [];
  const listener = wire.host.tcp.listen(
    4,
    null,
    80,
    false,
    {
      onIncoming: () => {
        wire.connection = listener.accept()!;
        wire.connection.client = { ...nobody, onReadable: () => log.push('readable') };
      },
      onHandshake: (handshake) => {
        handshake.inspectId = held.push(handshake);
      },
      onHandshakeGone: ({ inspectId }) => log.push(`gone ${inspectId}`),
    },
    { inspects: true, fastOpen: true },
  );
  const syn = (options: TcpOptionValue[] = [], payload: Uint8Array = new Uint8Array(0)): void =>
    wire.throw({ sequence: 1000, flags: SYN, options, payload });
  return { wire, held, log, syn, listener };
};

describe('a SYN that is held', () => {
  it('is answered by nothing, however often it comes, and then as any other', () => {
    const { wire, held, syn } = listening();
    syn();
    wire.wait(3 * SECOND);
    syn();
    expect([wire.heard.length, held.length]).toEqual([0, 1]);
    answerHeld(held[0]);
    wire.wait(0);
    const [answer] = wire.heard.splice(0);
    expect([answer.flags, answer.acknowledgment]).toEqual([SYN | ACK, 1001]);
    wire.throw({ acknowledgment: answer.sequence + 1 });
    expect(wire.connection!.isSynchronized).toBe(true);
  });

  it('is refused as if nobody listened', () => {
    const { wire, held, log, syn } = listening();
    syn();
    refuseHeld(held[0]);
    wire.wait(0);
    expect(wire.heard.map(({ flags, acknowledgment }) => [flags, acknowledgment])).toEqual([[RST | ACK, 1001]]);
    expect([wire.host.tcp.connectionCount, wire.executor.pending, log]).toEqual([0, 0, []]);
  });

  it('ends by a reset, by silence, and when an answered one is not completed', () => {
    const { wire, held, log, syn } = listening();
    syn();
    wire.throw({ sequence: 1001, flags: RST });
    expect(log).toEqual(['gone 1']);
    syn();
    wire.wait(60 * SECOND);
    expect(log).toEqual(['gone 1', 'gone 2']);
    syn();
    answerHeld(held[2]);
    wire.wait(100 * SECOND);
    expect([log.at(-1), wire.host.tcp.connectionCount]).toEqual(['gone 3', 0]);
  });

  it('hands out a cookie with the answer, and takes no data before it', () => {
    const { wire, held, log, syn } = listening();
    syn([{ kind: 'fastOpen', cookie: new Uint8Array(0), experimental: false }]);
    answerHeld(held[0]);
    wire.wait(0);
    const cookie = wire.heard.splice(0)[0].options.find((option) => option.kind === 'fastOpen')!;
    wire.throw({ sequence: 1001, flags: RST });
    syn([cookie], data(20));
    answerHeld(held[1]);
    wire.wait(0);
    expect(wire.heard.splice(0).map((s) => s.acknowledgment)).toEqual([1001]);
    expect(log).toEqual(['gone 1']);
  });

  it('is let go with its listener', () => {
    const { wire, listener, syn } = listening();
    syn();
    listener.close();
    wire.wait(0);
    expect(wire.heard.map(({ flags }) => flags)).toEqual([RST | ACK]);
    expect([wire.host.tcp.connectionCount, wire.executor.pending]).toEqual([0, 0]);
  });
});
