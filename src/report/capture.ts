import { PcapngWriter, type Recorder, RecordKind } from '../trace/index.ts';

/** Fates of packets that went on their way all the same. */
const survives = (fate: string): boolean => fate === 'sent' || /^(corrupted|duplicated) /.test(fate);

/**
 * The packets of a trace as pcapng: an interface for each end of a link, one named `drops` for what never arrived, and
 * for each packet that a WSK call caused the call's name and number as comment.
 */
export const captureOf = (trace: Recorder): Uint8Array[] => {
  const writer = new PcapngWriter();
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
