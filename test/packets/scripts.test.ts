import { describe, expect, test } from 'vitest';
import {
  type Action,
  parseScript,
  runScript,
  type Script,
  type ScriptEvent,
  type ScriptPacket,
} from '../../src/packets/index.ts';
import { type ScriptFile, scriptFiles } from './scripts.ts';

const files = scriptFiles();

describe('the stack does what the packet scripts say', () => {
  test.each(files.map((file) => [file.name, file] as const))('%s', (name, { text }) => {
    const { verdict, message } = runScript(text, { file: name, strict: true });
    expect(message).toBe('');
    expect(verdict).toBe('ok');
  });
});

test('at least thirty of them are about Fast Open, on either side', () => {
  const count = (start: string): number => files.filter(({ name }) => name.startsWith(start)).length;
  expect(count('fast-open/')).toBeGreaterThanOrEqual(30);
  expect(count('fast-open/client/')).toBeGreaterThan(10);
  expect(count('fast-open/server/')).toBeGreaterThan(10);
});

test('each says in its first line what holds', () => {
  expect(files.filter(({ text }) => !/^\/\/ \S.*[.:]/.test(text)).map(({ name }) => name)).toEqual([]);
});

/** Another packet than the script's: one that a stack at fault might send. */
const faults: Record<string, (packet: ScriptPacket) => ScriptPacket> = {
  'a flag more or less': (packet) => ({ ...packet, flags: packet.flags ^ 0x08 }),
  'another sequence number': (packet) => ({ ...packet, seq: (packet.seq + 1) >>> 0 }),
  'a byte more': (packet) => ({ ...packet, length: packet.length + 1 }),
  'another acknowledgment': (packet) => ({ ...packet, ack: packet.ack === null ? null : (packet.ack + 1) >>> 0 }),
  'an option more': (packet) => ({ ...packet, options: [...(packet.options ?? []), { kind: 'mss', mss: 999 }] }),
  'an option less': (packet) => ({ ...packet, options: packet.options?.slice(1) ?? null }),
};

/** The same for datagrams and ICMP messages. */
const otherDatagrams = (action: Action): Mutation[] => {
  if (action.kind === 'udp') {
    const { datagram } = action;
    const { length, ports, ecn } = datagram;
    const others = [
      { what: 'a byte more', datagram: { ...datagram, length: length + 1 } },
      { what: 'another port', datagram: { ...datagram, ports: [ports?.[0] ?? 1, (ports?.[1] ?? 0) + 1] as const } },
      { what: 'other ECN bits', datagram: { ...datagram, ecn: 3 - (ecn ?? 0) } },
    ];
    return others.map(({ what, datagram: other }) => ({ what, action: { kind: 'udp', datagram: other } }));
  }
  if (action.kind !== 'icmp') return [];
  const { message } = action;
  const others = [
    { what: 'another type', message: { ...message, type: 'time_exceeded', code: null } },
    { what: 'another MTU', message: { ...message, mtu: message.mtu + 1 } },
    { what: 'another code', message: { ...message, code: 'host_unreachable' } },
    { what: 'another identifier', message: { ...message, id: (message.id ?? 0) + 1 } },
    { what: 'about another datagram', message: { ...message, quoted: (message.quoted ?? 0) + 1 } },
  ].filter(({ what }) => what !== 'another code' || message.code !== null);
  return others.map(({ what, message: other }) => ({ what, action: { kind: 'icmp', message: other } }));
};

interface Mutation {
  readonly what: string;
  readonly action: Action;
}

/** The script with one event replaced. */
const replaced = (script: Script, index: number, event: ScriptEvent): Script => ({
  ...script,
  events: script.events.map((one, i) => (i === index ? event : one)),
});

/** Time passes in place of a packet, a little longer than the tolerance. */
const pause = ({ line, time }: ScriptEvent): ScriptEvent => {
  const until = time.to + 5_000_000;
  return { line, time: { ...time, from: until, to: until }, action: { kind: 'code', text: '' } };
};

const isOurs = (action: Action): boolean =>
  (action.kind === 'udp' && action.datagram.direction === 'out') ||
  (action.kind === 'icmp' && action.message.direction === 'out');

interface Mutant {
  readonly what: string;
  readonly script: Script;
}

/** What the stack might do wrong at each packet and call of a script. */
const mutants = ({ name, text }: ScriptFile): Mutant[] => {
  const script = parseScript(text);
  return script.events.flatMap((event, index) => {
    const { action, line } = event;
    const at = `${name}:${line}`;
    if (action.kind === 'call') {
      const { call } = action;
      // The number of a new descriptor is the script's own choice.
      if (call.result.kind !== 'number' || ['socket', 'accept', 'epoll_create'].includes(call.name)) return [];
      const result = { kind: 'number', value: call.result.value + 1 } as const;
      const wrong: ScriptEvent = { ...event, action: { kind: 'call', call: { ...call, result, errno: null } } };
      return [{ what: `${at} returns ${result.value}`, script: replaced(script, index, wrong) }];
    }
    const others = isOurs(action) ? otherDatagrams(action) : [];
    if (others.length > 0) {
      const changed = others.map(({ what, action: other }) => ({
        what: `${at} ${what}`,
        script: replaced(script, index, { ...event, action: other }),
      }));
      return [...changed, { what: `${at} not expected`, script: replaced(script, index, pause(event)) }];
    }
    if (action.kind !== 'tcp' || action.packet.direction === 'in') return [];
    const { packet } = action;
    const changed = Object.entries(faults).flatMap(([what, change]) => {
      const other = change(packet);
      // A SYN's number is the script's own choice; a list of padding alone can lose one.
      if ((packet.flags & 2) !== 0 && other.seq !== packet.seq) return [];
      const none = (one: ScriptPacket): string =>
        JSON.stringify(one.options?.filter(({ kind }) => kind !== 'nop' && kind !== 'eol') ?? null);
      if (JSON.stringify({ ...other, options: none(other) }) === JSON.stringify({ ...packet, options: none(packet) })) {
        return [];
      }
      return [
        {
          what: `${at} ${what}`,
          script: replaced(script, index, { ...event, action: { kind: 'tcp', packet: other } }),
        },
      ];
    });
    return [...changed, { what: `${at} not expected`, script: replaced(script, index, pause(event)) }];
  });
};

describe('every packet and result of a script counts: with it changed the script fails', () => {
  test.each(files.map((file) => [file.name, file] as const))('%s', (_name, file) => {
    const all = mutants(file);
    expect(all.length).toBeGreaterThan(0);
    const passed = all.filter(({ script }) => runScript(script, { strict: true }).verdict === 'ok');
    expect(passed.map(({ what }) => what)).toEqual([]);
  });
});
