import type { ScriptDatagram, ScriptIcmp } from './script.ts';

/** Datagrams and ICMP messages in the notation of scripts. */
const ARROWS = { in: '<', out: '>' } as const;

export const datagramText = ({ direction, ports, length }: ScriptDatagram): string => {
  const named = ports === null ? '' : `${ports[0]} > ${ports[1]} `;
  return `${ARROWS[direction]} ${named}udp (${length})`;
};

export const icmpText = ({ direction, type, code, mtu, id, quoted }: ScriptIcmp): string => {
  const words = [ARROWS[direction], 'icmp', type];
  if (code !== null) words.push(code);
  if (mtu !== 0) words.push(`mtu ${mtu}`);
  if (id !== null) words.push(`id ${id}`);
  if (quoted !== null) words.push(`[udp (${quoted})]`);
  return words.join(' ');
};
