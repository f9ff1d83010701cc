import type { JSX } from 'preact';
import { Details } from './details.tsx';
import { Help } from './help.tsx';
import { Picture } from './picture.tsx';
import type { Store } from './store.ts';
import { Findings, Stories } from './stories.tsx';
import { Toolbar } from './toolbar.tsx';

export const App = ({ store }: { store: Store }): JSX.Element => {
  document.documentElement.dataset.theme = store.theme;
  return (
    <div class={`page${store.selected === null ? '' : ' with-details'}`}>
      <Toolbar store={store} />
      <div class="summary">
        <Findings store={store} />
        <Stories store={store} />
      </div>
      <div class="body">
        <Picture store={store} />
        {store.selected !== null && <Details store={store} place={store.selected} />}
      </div>
      {store.helpIsOpen && <Help store={store} />}
    </div>
  );
};
