import { PcapngWriter, type Recorder, RecordKind } from '../trace/index.ts';

/** Fates of packets that went on their way all the same. */
const survives = (fate: string): boolean => fate === 'sent' || /^(corrupted|duplicated) /.test(fate);

/**
 * The packets of a trace as pcapng: the names of addresses, an interface for each end of a link, one named `drops` for
 * what never arrived, and for each packet that a WSK call caused the call's name and number as comment.
 */
export const captureOf = (trace: Recorder): Uint8Array[] => {
  const writer = new PcapngWriter();
  writer.addNames(namesOf(trace));
  const interfaces = new Map<string, number>();
  const numberOf = (name: string): number => {
    let number = interfaces.get(name);
    if (number === undefined) interfaces.set(name, (number = writer.addInterface(name)));
    return number;
  };
  const calls = new Map<number, string>();
  for (const { time, kind, a, b, c, d } of trace.records()) {
    if (kind === RecordKind.Call) calls.set(c, `${trace.nameOf(a)} #${c}`);
    if (kind !== RecordKind.Packet) continue;
    const fate = trace.nameOf(b);
    const words = [calls.get(c), fate === 'sent' ? undefined : fate].filter((word) => word !== undefined);
    const end = survives(fate) ? trace.nameOf(a) : 'drops';
    writer.packet(numberOf(end), time, trace.packet(d), words.length === 0 ? null : words.join('; '));
  }
  return writer.take();
};

/** Who has an address: the end of a link that the first packet from it entered, before any router passed it on. */
const namesOf = (trace: Recorder): { address: Uint8Array; name: string }[] => {
  const names = new Map<string, { address: Uint8Array; name: string }>();
  for (const { kind, a, b, d } of trace.records()) {
    if (kind !== RecordKind.Packet || trace.nameOf(b).startsWith('corrupted ')) continue;
    const bytes = trace.packet(d);
    const address = bytes[0] >> 4 === 6 ? bytes.subarray(8, 24) : bytes.subarray(12, 16);
    const key = address.join();
    // A loopback's addresses are everybody's.
    const name = trace.nameOf(a);
    if (!names.has(key) && (address.length === 4 || address.length === 16) && !name.endsWith(':loopback'))
      names.set(key, { address: address.slice(), name });
  }
  return [...names.values()];
};
