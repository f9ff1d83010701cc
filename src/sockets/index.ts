export * from './caller.ts';
export * from './connection.ts';
export * from './listener.ts';
export * from './run-thread.ts';
export * from './services.ts';
export * from './sockets.ts';
export * from './web-streams.ts';
export * from './wsk-error.ts';
