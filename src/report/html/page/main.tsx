import { render } from 'preact';
import { App } from './app.tsx';
import { listenToKeys } from './keys.ts';
import { followLink } from './link.ts';
import { load } from './load.ts';
import { Store } from './store.ts';

const start = async (): Promise<void> => {
  const root = document.getElementById('app')!;
  const loaded = await load();
  if (loaded === null) {
    root.textContent = 'The data in this file are of another version than the page around them.';
    return;
  }
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const store = new Store(loaded, dark.matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = store.theme;
  store.draw = () => render(<App store={store} />, root);
  dark.addEventListener('change', () => {
    store.theme = dark.matches ? 'dark' : 'light';
    store.changed();
  });
  const forPaper = (printing: boolean) => () => {
    store.printing = printing;
    store.draw();
  };
  addEventListener('beforeprint', forPaper(true));
  addEventListener('afterprint', forPaper(false));
  addEventListener('hashchange', () => followLink(store, location.hash));
  listenToKeys(store);
  store.draw();
  followLink(store, location.hash);
  document.documentElement.dataset.ready = 'true';
};

void start();
