import { describe, expect, it } from 'vitest';
import { PacketArena } from './arena.ts';
import { FATE } from './link.ts';
import { PcapngCapture } from './pcapng.ts';

const join = (pieces: Uint8Array[]): Uint8Array => Uint8Array.from(pieces.flatMap((piece) => [...piece]));

/** Type and body of each block; fails when a length is wrong. */
const blocks = (file: Uint8Array): { type: number; body: DataView }[] => {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const found = [];
  for (let at = 0; at < file.length; ) {
    const length = view.getUint32(at + 4, true);
    expect(length % 4).toBe(0);
    expect(view.getUint32(at + length - 4, true)).toBe(length);
    found.push({
      type: view.getUint32(at, true),
      body: new DataView(file.buffer, file.byteOffset + at + 8, length - 12),
    });
    at += length;
  }
  return found;
};

const textOf = (body: DataView): string =>
  new TextDecoder('latin1').decode(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));

describe('PcapngCapture', () => {
  it('writes a section, named interfaces and packets with nanoseconds and comments', () => {
    const arena = new PacketArena();
    const capture = new PcapngCapture({
      describeCause: (cause) => `WskSend #${cause}`,
      epoch: 0xffff_ffffn,
    });
    const client = capture.addInterface('client');
    capture.addInterface('server');
    const packet = arena.from(Uint8Array.of(0x45, 1, 2, 3, 4), 7);
    capture.onPacket(client, 4_294_967_297, FATE.sent, arena, packet);
    capture.onPacket(client, 5, FATE.lost, arena, packet);
    const found = blocks(join(capture.take()));
    expect(found.map((block) => block.type)).toEqual([0x0a0d0d0a, 1, 1, 6, 1, 6]);
    expect(found[0].body.getUint32(0, true)).toBe(0x1a2b3c4d);
    expect(found[1].body.getUint16(0, true)).toBe(101);
    expect(textOf(found[1].body)).toContain('client');
    expect(textOf(found[4].body)).toContain('drops');
    const sent = found[3].body;
    expect(sent.getUint32(0, true)).toBe(client);
    const time = BigInt(sent.getUint32(4, true)) * 4294967296n + BigInt(sent.getUint32(8, true));
    expect(time).toBe(8_589_934_592n);
    expect(sent.getUint32(12, true)).toBe(5);
    expect(textOf(sent)).toContain('WskSend #7');
    expect(found[5].body.getUint32(0, true)).toBe(2);
    expect(textOf(found[5].body)).toContain('WskSend #7; lost on the link');
  });

  it('hands out what was written since, also across its chunks', () => {
    const arena = new PacketArena();
    const capture = new PcapngCapture();
    const end = capture.addInterface('a');
    const packet = arena.from(new Uint8Array(1500).fill(9));
    const pieces: Uint8Array[] = [];
    for (let i = 0; i < 200; i++) {
      capture.onPacket(end, i, FATE.sent, arena, packet);
      if (i % 70 === 0) pieces.push(...capture.take());
    }
    pieces.push(...capture.take());
    expect(capture.take()).toEqual([]);
    expect(blocks(join(pieces)).filter((block) => block.type === 6).length).toBe(200);
    expect(capture.packetCount).toBe(200);
  });
});
