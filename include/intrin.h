// Compiler intrinsics that have a meaning off x86.
#pragma once
#include <openwsk/compiler.h>
#include <stdlib.h>
#include <string.h>
#define OWSK_INTRINSIC static inline __attribute__((always_inline, unused))
#ifdef __wasm__
OWSK_INTRINSIC unsigned char _BitScanForward(unsigned long *Index, unsigned long Mask) {
  return Mask ? (*Index = (unsigned long)__builtin_ctz(Mask), 1) : 0;
}
OWSK_INTRINSIC unsigned char _BitScanReverse(unsigned long *Index, unsigned long Mask) {
  return Mask ? (*Index = 31u - (unsigned long)__builtin_clz(Mask), 1) : 0;
}
OWSK_INTRINSIC unsigned char _BitScanForward64(unsigned long *Index, unsigned __int64 Mask) {
  return Mask ? (*Index = (unsigned long)__builtin_ctzll(Mask), 1) : 0;
}
OWSK_INTRINSIC unsigned char _BitScanReverse64(unsigned long *Index, unsigned __int64 Mask) {
  return Mask ? (*Index = 63u - (unsigned long)__builtin_clzll(Mask), 1) : 0;
}
EXTERN_C void DbgBreakPoint(void);
EXTERN_C __attribute__((noreturn)) void OwskFastFail(unsigned int code);
#define __debugbreak() DbgBreakPoint()
#define __fastfail(code) OwskFastFail(code)
#define _mm_pause() OwskYieldProcessor()
EXTERN_C void OwskYieldProcessor(void);
#define _ReadWriteBarrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _ReadBarrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _WriteBarrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define _ReturnAddress() ((void *)0)
#define _AddressOfReturnAddress() ((void *)0)
#define __nop() ((void)0)
#define __noop(...) ((void)0)
#define __umulh(a, b) ((unsigned __int64)(((unsigned __int128)(a) * (b)) >> 64))
#define __popcnt(v) ((unsigned int)__builtin_popcount(v))
#define __popcnt64(v) ((unsigned __int64)__builtin_popcountll(v))
#define __lzcnt(v) ((v) ? (unsigned int)__builtin_clz(v) : 32u)
#define _byteswap_ushort(v) ((unsigned short)__builtin_bswap16(v))
#define _byteswap_ulong(v) ((unsigned long)__builtin_bswap32(v))
#define _byteswap_uint64(v) ((unsigned __int64)__builtin_bswap64(v))
#else
EXTERN_C unsigned char _BitScanForward(unsigned long *Index, unsigned long Mask);
EXTERN_C unsigned char _BitScanReverse(unsigned long *Index, unsigned long Mask);
EXTERN_C unsigned char _BitScanForward64(unsigned long *Index, unsigned __int64 Mask);
EXTERN_C unsigned char _BitScanReverse64(unsigned long *Index, unsigned __int64 Mask);
EXTERN_C void __debugbreak(void);
EXTERN_C void _ReadWriteBarrier(void);
EXTERN_C void *_ReturnAddress(void);
#define _mm_pause() ((void)0)
#endif
#define BitScanForward _BitScanForward
#define BitScanReverse _BitScanReverse
#define BitScanForward64 _BitScanForward64
#define BitScanReverse64 _BitScanReverse64
#define DbgRaiseAssertionFailure() DbgBreakPoint()
