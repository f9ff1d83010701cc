export * from './event-queue.ts';
export * from './executor.ts';
export * from './real-clock.ts';
export * from './turn.ts';
export * from './virtual-executor.ts';
