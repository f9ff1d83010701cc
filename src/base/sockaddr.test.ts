import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OpenWskError } from './errors.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  copySockaddr,
  formatSockaddr,
  isWildcard,
  parseSockaddr,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  SOCKADDR_STORAGE,
  sockaddrFromBytes,
  sockaddrFromHost,
  sockaddrSize,
  sockaddrToBytes,
  wildcardSockaddr,
} from './sockaddr.ts';

const port = fc.integer({ min: 0, max: 65_535 });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const ipv4 = fc.tuple(bytes(4), port).map(([address, at]) => new SOCKADDR_IN(address, at));
const ipv6 = fc.tuple(bytes(16), port, uint32).map(([address, at, scope]) => new SOCKADDR_IN6(address, at, scope));
const sockaddr = fc.oneof(ipv4, ipv6);

describe('text', () => {
  test('what is formatted is read back the same', () => {
    fc.assert(
      fc.property(sockaddr, (address) => {
        expect(parseSockaddr(formatSockaddr(address))).toEqual(address);
      }),
    );
  });

  test.each([
    ['10.0.0.1:80', AF_INET, 80],
    ['0.0.0.0:0', AF_INET, 0],
    ['[::1]:65535', AF_INET6, 65_535],
    ['[fe80::1%3]:7', AF_INET6, 7],
    ['[::ffff:10.0.0.1]:7', AF_INET6, 7],
  ])('%s is an address', (text, family, at) => {
    expect(parseSockaddr(text)).toMatchObject({ sa_family: family, port: at });
  });

  test('IPv6 is written in its shortest form, the scope behind the address', () => {
    expect(new SOCKADDR_IN6('fe80:0:0:0:0:0:0:1', 7, 3).toString()).toBe('[fe80::1%3]:7');
    expect(`${new SOCKADDR_IN('127.0.0.1', 7)}`).toBe('127.0.0.1:7');
  });

  test.each([
    '',
    'localhost:80',
    '1.2.3.4',
    '1.2.3.4:',
    '1.2.3.4:65536',
    '1.2.3.4:123456',
    '1.2.3.4:-1',
    '1.2.3:80',
    '01.2.3.4:80',
    '256.0.0.1:80',
    '1.2.3.4:80\n',
    '::1:80',
    '[::1]',
    '[::1:80',
    '[10.0.0.1]:80',
    '[::1%]:80',
    '[::1%eth0]:80',
    '[fe80::1%4294967296]:80',
    '[1:2:3:4:5:6:7:8:9]:80',
  ])('%j is none, and the error says of what', (text) => {
    const error = thrownBy(() => parseSockaddr(text));
    expect(error).toMatchObject({ name: 'OpenWskError', code: 'OWSK_INVALID_ADDRESS', field: 'address' });
  });

  test('no text at all makes it throw anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseSockaddr(text);
        } catch (error) {
          expect(error).toBeInstanceOf(OpenWskError);
        }
      }),
    );
  });
});

describe('bytes', () => {
  test('what is written is read back the same, flow information included', () => {
    fc.assert(
      fc.property(sockaddr, uint32, (address, flow) => {
        if (address.sa_family === AF_INET6) address.sin6_flowinfo = flow;
        const into = new Uint8Array(28).fill(0xee);
        const size = sockaddrToBytes(address, into);
        expect(size).toBe(sockaddrSize(address.sa_family));
        expect(into.subarray(size).every((byte) => byte === 0xee)).toBe(true);
        expect(sockaddrFromBytes(into.subarray(0, size))).toEqual(address);
      }),
    );
  });

  test('the layout is that of Windows', () => {
    const ipv4Bytes = new Uint8Array(16);
    sockaddrToBytes(new SOCKADDR_IN('1.2.3.4', 0x1234), ipv4Bytes);
    expect([...ipv4Bytes]).toEqual([2, 0, 0x12, 0x34, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
    const ipv6Bytes = new Uint8Array(28);
    sockaddrToBytes(new SOCKADDR_IN6('::1', 0x1234, 0x01020304), ipv6Bytes);
    expect([...ipv6Bytes.subarray(0, 8)]).toEqual([23, 0, 0x12, 0x34, 0, 0, 0, 0]);
    expect([...ipv6Bytes.subarray(23)]).toEqual([1, 4, 3, 2, 1]);
  });

  test('hostile bytes give an address or null, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (hostile) => {
        const family = hostile.length < 2 ? AF_UNSPEC : hostile[0] | (hostile[1] << 8);
        const address = sockaddrFromBytes(hostile);
        const valid = (family === AF_INET && hostile.length >= 16) || (family === AF_INET6 && hostile.length >= 28);
        expect(address === null).toBe(!valid);
      }),
    );
  });

  test.each([
    ['no bytes', []],
    ['the family alone', [2, 0]],
    ['an IPv4 address cut short', [2, 0, 0, 80, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]],
    ['an IPv6 address cut short', [23, 0, ...new Array(25).fill(0)]],
    ["Linux's AF_INET6", [10, 0, ...new Array(26).fill(0)]],
    ['a family in network order', [0, 2, ...new Array(26).fill(0)]],
  ])('%s: null', (_what, hostile) => {
    expect(sockaddrFromBytes(Uint8Array.from(hostile))).toBeNull();
  });

  test('what was read keeps nothing of the bytes it came from', () => {
    const from = new Uint8Array(16);
    sockaddrToBytes(new SOCKADDR_IN('1.2.3.4', 80), from);
    const address = sockaddrFromBytes(from)!;
    from.fill(0xff);
    expect(formatSockaddr(address)).toBe('1.2.3.4:80');
  });
});

describe('constructors', () => {
  test.each([
    ['a port of 65536', () => new SOCKADDR_IN('1.2.3.4', 65_536)],
    ['a negative port', () => new SOCKADDR_IN('1.2.3.4', -1)],
    ['half a port', () => new SOCKADDR_IN6('::1', 0.5)],
    ['an address of the other family', () => new SOCKADDR_IN('::1')],
    ['an address of the other family', () => new SOCKADDR_IN6('10.0.0.1')],
    ['five bytes', () => new SOCKADDR_IN(new Uint8Array(5))],
    ['four bytes for IPv6', () => new SOCKADDR_IN6(new Uint8Array(4))],
    ['a scope that is no 32-bit number', () => new SOCKADDR_IN6('fe80::1', 7, 2 ** 32)],
    ['a scope in the text of the address', () => new SOCKADDR_IN6('fe80::1%3', 7)],
  ])('refuse %s', (_what, make) => {
    expect(thrownBy(make)).toMatchObject({ code: 'OWSK_INVALID_ADDRESS', field: 'address' });
  });

  test('copy the bytes they are given', () => {
    const from = Uint8Array.from([1, 2, 3, 4]);
    const address = new SOCKADDR_IN(from, 80);
    from[0] = 9;
    expect(formatSockaddr(address)).toBe('1.2.3.4:80');
  });
});

describe('output addresses', () => {
  test('take an address of their own family', () => {
    const into = new SOCKADDR_IN6();
    const from = new SOCKADDR_IN6('fe80::1', 7, 3);
    from.sin6_flowinfo = 5;
    into.assign(from);
    expect(into).toEqual(from);
  });

  test('have no room for one of the other', () => {
    expect(thrownBy(() => new SOCKADDR_IN().assign(new SOCKADDR_IN6()))).toMatchObject({ field: 'address' });
    expect(thrownBy(() => new SOCKADDR_IN6().assign(new SOCKADDR_IN()))).toMatchObject({ field: 'address' });
  });

  test('SOCKADDR_STORAGE takes either, as a copy', () => {
    const storage = new SOCKADDR_STORAGE();
    expect(storage.ss_family).toBe(AF_UNSPEC);
    for (const from of [new SOCKADDR_IN('1.2.3.4', 80), new SOCKADDR_IN6('::1', 80)]) {
      storage.assign(from);
      expect(storage.ss_family).toBe(from.sa_family);
      expect(storage.address).toEqual(from);
      expect(storage.address).not.toBe(from);
    }
  });

  test('a copy shares nothing with its original', () => {
    const from = new SOCKADDR_IN('1.2.3.4', 80);
    const copy = copySockaddr(from);
    from.sin_addr[0] = 9;
    from.sin_port = 1;
    expect(formatSockaddr(copy)).toBe('1.2.3.4:80');
  });
});

test('the wildcard address of a family is all zeros', () => {
  expect(formatSockaddr(wildcardSockaddr(AF_INET))).toBe('0.0.0.0:0');
  expect(formatSockaddr(wildcardSockaddr(AF_INET6))).toBe('[::]:0');
  expect(isWildcard(wildcardSockaddr(AF_INET6))).toBe(true);
  expect(isWildcard(new SOCKADDR_IN('0.0.0.1'))).toBe(false);
});

test.each([
  ['10.0.0.1', '10.0.0.1:7'],
  ['fd00::1', '[fd00::1]:7'],
  ['fe80::1%3', '[fe80::1%3]:7'],
])('the host %s is a numeric address', (host, text) => {
  expect(String(sockaddrFromHost(host, 7))).toBe(text);
});

test.each(['peer', 'example.org', '10.0.0', '', 'fe80::1%eth0'])('the host %j is no numeric address', (host) => {
  expect(sockaddrFromHost(host, 7)).toBeNull();
});

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
};
