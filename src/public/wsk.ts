/**
 * openwsk/wsk: the Winsock Kernel NPI (structures, constants and functions with Microsoft's names), and the Transport
 * interface that it runs on. Drivers register with `nt.WskRegister` of a machine and find the functions in the dispatch
 * tables of the provider and of each socket. `src/wsk/index.ts` lists what is public.
 */
export * from '../wsk/index.ts';
