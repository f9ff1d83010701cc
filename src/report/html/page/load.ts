import { unpackColumns } from '../columns.ts';
import { decodeRun, type Run } from '../decode.ts';

/** What a page shows: one run, or two with their events paired. */
export interface Loaded {
  readonly runs: readonly Run[];
  /** For two runs: record numbers of both in turn, -1 where one has nothing of the kind. */
  readonly pairs: Int32Array | null;
  /** For two runs: the first pair that differs; -1 for none. */
  readonly firstDifference: number;
  /** For two runs: what each pair is (PAIR_SAME and so on). */
  readonly marks: Uint8Array;
}

/** Reads the data that stand in the page. @returns null for data of another version */
export const load = async (): Promise<Loaded | null> => {
  const first = decodeRun(await inflated('run'));
  if (first === null) return null;
  if (document.getElementById('other') === null)
    return { runs: [first], pairs: null, firstDifference: -1, marks: new Uint8Array(0) };
  const second = decodeRun(await inflated('other'));
  if (second === null) return null;
  const { head, column } = unpackColumns<{ firstDifference: number }>(await inflated('pairs'));
  const bytes = column('pairs');
  const pairs = new Int32Array(bytes.slice().buffer);
  return { runs: [first, second], pairs, firstDifference: head.firstDifference, marks: column('marks') };
};

const inflated = async (id: string): Promise<Uint8Array> => {
  const text = document.getElementById(id)?.textContent ?? '';
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};
