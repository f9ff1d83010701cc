/** openwsk/wsk: the Winsock Kernel NPI, and the Transport interface that it runs on. */
export * from '../wsk/index.ts';
