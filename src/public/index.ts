/** openwsk: statuses, addresses and errors, used with every other entry. */
export * from '../base/index.ts';
