import type { JSX } from 'preact';
import { keys } from './keys.ts';
import type { Store } from './store.ts';

export const Help = ({ store }: { store: Store }): JSX.Element => {
  const close = (): void => {
    store.helpIsOpen = false;
    store.changed();
  };
  return (
    <div class="veil">
      <dialog open class="help" aria-modal="true" aria-label="Help">
        <h2>How to read this</h2>
        <ul>
          <li>
            Time runs downwards. Each vertical line is a machine, each arrow a packet: from when it leaves to when it
            arrives.
          </li>
          <li>
            Beside a machine stand its calls. A bar spans the time for which an IRP is pending: what the driver waits
            for.
          </li>
          <li>Sequence numbers count from each side's SYN.</li>
          <li>Click an arrow's label, a call or a finding to see all of it. The address then links to that moment.</li>
          <li>TCP states, congestion windows and threads are there when you switch them on.</li>
        </ul>
        <h2>Keys</h2>
        <dl>
          {keys.map(([key, does]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <button type="button" onClick={close}>
          Close
        </button>
      </dialog>
    </div>
  );
};
