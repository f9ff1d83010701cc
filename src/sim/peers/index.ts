export * from './client-peer.ts';
export * from './datagram-client.ts';
export * from './datagram-peer.ts';
export * from './peer-listener.ts';
export * from './services.ts';
export * from './stream-peer.ts';
