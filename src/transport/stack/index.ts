export { StackTransport } from './stack-transport.ts';
