import { expect, test } from 'vitest';
import { GUEST_MEMORY_UNIT, isGuestMemory, MAX_GUEST_MEMORY, shadowOffset } from './shadow-layout.ts';

test.each([1024 * 1024, 16 * 1024 * 1024, 1024 * 1024 + GUEST_MEMORY_UNIT, MAX_GUEST_MEMORY])(
  'the shadow of %i bytes fits behind what it is the shadow of',
  (bytes) => {
    expect(isGuestMemory(bytes)).toBe(true);
    const start = shadowOffset(bytes);
    expect(start % 8).toBe(0);
    // The shadow of the first byte, and of the last, its own included.
    expect((0 >>> 3) + start).toBe(start);
    expect(((bytes - 1) >>> 3) + start).toBe(bytes - 1);
  },
);
