/**
 * openwsk/sockets: connect, listen, read and write with promises, on any machine.
 * @example
 * const sockets = await Sockets.open(await openHostMachine());
 * const connection = await sockets.connect('10.0.0.2:7', { fastOpen: true, data: 'hello' });
 */
export * from '../sockets/index.ts';
