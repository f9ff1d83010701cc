import type { JSX } from 'preact';
import { RecordKind } from '../../../trace/index.ts';
import type { Model } from './model.ts';

/** Where in the driver's source it happened: the frames and details that the trace has behind the record. */
export const Stack = ({ model, record }: { model: Model; record: number }): JSX.Element | null => {
  const { kind, a, b, c, head } = model.run;
  const frames: string[] = [];
  const details: string[] = [];
  for (let i = record + 1; i < head.count; i++) {
    if (kind[i] === RecordKind.Frame) frames.push(`${model.name(a[i])} (${model.name(b[i])}:${c[i]})`);
    else if (kind[i] === RecordKind.Detail) details.push(model.name(a[i]));
    else break;
  }
  if (frames.length === 0 && details.length === 0) return null;
  return (
    <>
      <h3>Where in the driver</h3>
      <ol class="stack">
        {frames.map((frame) => (
          <li key={frame}>
            <code>{frame}</code>
          </li>
        ))}
      </ol>
      {details.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </>
  );
};
