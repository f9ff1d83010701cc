export * from './pcapng.ts';
export * from './record.ts';
export * from './recorder.ts';
