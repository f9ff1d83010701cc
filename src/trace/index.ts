export * from './record.ts';
export * from './recorder.ts';
