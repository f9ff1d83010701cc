import type { Store } from './store.ts';

/** The keys, as the help shows them. */
export const keys: readonly (readonly [key: string, does: string])[] = [
  ['↑ ↓', 'the event before, the next one'],
  ['/', 'search'],
  ['n p', 'next and previous match; without a search, finding'],
  ['s', 'time to scale or compressed'],
  ['Esc', 'close what is open, then clear the search'],
  ['?', 'this help'],
];

export const listenToKeys = (store: Store): void => {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.getElementById('search') as HTMLInputElement | null;
    const isTyping = event.target === search || event.target instanceof HTMLSelectElement;
    if (event.key === 'Escape') escape(store, search);
    else if (isTyping) {
      if (event.key === 'Enter' && event.target === search) store.stepFound(event.shiftKey ? -1 : 1);
      return;
    } else if (!pressed(store, event.key, search)) return;
    event.preventDefault();
  });
};

const pressed = (store: Store, key: string, search: HTMLInputElement | null): boolean => {
  if (key === 'ArrowDown') store.step(1);
  else if (key === 'ArrowUp') store.step(-1);
  else if (key === '/') search?.focus();
  else if (key === 'n') store.stepFound(1);
  else if (key === 'p') store.stepFound(-1);
  else if (key === 's' && store.loaded.pairs === null) store.setFilter({ scaled: !store.scaled });
  else if (key === '?') {
    store.helpIsOpen = !store.helpIsOpen;
    store.changed();
  } else return false;
  return true;
};

const escape = (store: Store, search: HTMLInputElement | null): void => {
  if (store.helpIsOpen) store.helpIsOpen = false;
  else if (store.selected !== null) store.select(null);
  else if (search !== null) {
    search.value = '';
    search.blur();
    store.search('');
  }
  store.changed();
};
