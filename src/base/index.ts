export * from './errors.ts';
export * from './ntstatus.ts';
export * from './ntstatus-values.ts';
export * from './random.ts';
export * from './sockaddr.ts';
