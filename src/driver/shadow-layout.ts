/**
 * Where the shadow of guest memory lies. One shadow byte tells of eight bytes (0: all may be touched, 1–7: the first so
 * many, else none), as the compiler's instrumentation expects: shadow of `address` = (address >>> 3) + shadowOffset.
 * It is the last eighth of guest memory, so that everything below it is the guest's.
 */

/** Bytes of guest memory when nobody asks for another size. */
export const DEFAULT_GUEST_MEMORY = 16 * 1024 * 1024;

/** Guest memory comes in such units (two pages of WebAssembly, so that its eighth is a whole number of 16 KiB). */
export const GUEST_MEMORY_UNIT = 128 * 1024;

/** The largest guest memory: addresses stay positive as 32-bit integers. */
export const MAX_GUEST_MEMORY = 0x8000_0000;

/** The first byte of the shadow, and the end of what the guest may use. @param guestMemory in bytes */
export const shadowOffset = (guestMemory: number): number => guestMemory - guestMemory / 8;

/** Whether guest memory can have this size, in bytes. */
export const isGuestMemory = (bytes: number): boolean =>
  Number.isInteger(bytes) && bytes >= 1024 * 1024 && bytes <= MAX_GUEST_MEMORY && bytes % GUEST_MEMORY_UNIT === 0;
