/** openwsk/sockets: connect, listen, read and write with promises. */
export * from '../sockets/index.ts';
