export * from './configure.ts';
export * from './tun-device.ts';
export * from './tun-link.ts';
export * from './tun-network.ts';
