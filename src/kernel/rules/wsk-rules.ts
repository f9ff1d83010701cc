import { onlyC, type Rule, seen } from './rule.ts';

/** Sockets and registrations. */
export const wskRules: readonly Rule[] = [
  {
    id: 'R25',
    severity: 'bug check',
    title: 'No call on a socket is made or in progress once WskCloseSocket is called',
    why: 'The socket is freed when its last request has completed.',
    windows: 'use after free of the WSK_SOCKET: 0x50 or 0xD1, or another socket is hit',
    fix: 'let one place own the socket, and close it when every other user has stopped',
    unseen: seen,
    shownBy: ['socket-after-close', 'R25: no call on a socket that WskCloseSocket was called for'],
  },
  {
    id: 'R26',
    severity: 'error',
    title: 'Retained data and datagram indications are released before WskCloseSocket',
    why: 'They are buffers of the transport, which are lost or dangle.',
    windows: 'undefined: leaked or freed transport buffers',
    fix: 'call WskRelease for every list for which WskReceiveEvent or WskReceiveFromEvent returned STATUS_PENDING, then close',
    unseen: seen,
    shownBy: ['close-with-retained', 'close-with-retained-datagrams', 'R26: closing with a retained indication'],
  },
  {
    id: 'R27',
    severity: 'error',
    title: 'Registrations, captures and sockets are given back before the driver unloads',
    why: 'WskDeregister waits for every captured NPI to be released and every socket to be closed.',
    windows: 'WskDeregister never returns; unloaded without it: 0xCE, or 0x50 when WSK calls code that is gone',
    fix: 'close every socket and wait for that, then WskReleaseProviderNPI, then WskDeregister',
    unseen: seen,
    shownBy: ['deregister-open-socket', 'registration-leak', 'DriverUnload waits for ever: exit code 1'],
  },
  {
    id: 'R28',
    severity: 'bug check',
    title: 'Dispatch tables, registrations, contexts and address lists outlive their use',
    why: 'WSK reads them at every event, long after the call that named them has returned.',
    windows: '0x50 or 0xD1, when the next event comes',
    fix: 'make tables static const, keep WSK_REGISTRATION in a global or the device extension, and free an address list only after its addresses’ last use',
    unseen: onlyC('objects live as long as somebody refers to them'),
    shownBy: ['dispatch-on-stack', 'dispatch-freed', 'address-list-used-late'],
  },
];
