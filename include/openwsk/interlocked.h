// Interlocked operations. The guest has one agent, so that the compiler's atomics cost what plain operations cost.
// Types are not checked strictly in C: LONG, ULONG and int of the same width are all seen in drivers.
#pragma once
#include <openwsk/scalars.h>

#define OWSK_RMW(name, type, expression) \
  FORCEINLINE type name(type volatile *Addend, type Value) { return (type)(expression); }
#define OWSK_INTERLOCKED(suffix, type)                                                                                \
  OWSK_RMW(InterlockedExchange##suffix, type, __atomic_exchange_n(Addend, Value, __ATOMIC_SEQ_CST))                   \
  OWSK_RMW(InterlockedExchangeAdd##suffix, type, __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST))                 \
  OWSK_RMW(InterlockedAdd##suffix, type, __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST))                         \
  OWSK_RMW(InterlockedAnd##suffix, type, __atomic_fetch_and(Addend, Value, __ATOMIC_SEQ_CST))                         \
  OWSK_RMW(InterlockedOr##suffix, type, __atomic_fetch_or(Addend, Value, __ATOMIC_SEQ_CST))                           \
  OWSK_RMW(InterlockedXor##suffix, type, __atomic_fetch_xor(Addend, Value, __ATOMIC_SEQ_CST))                         \
  FORCEINLINE type InterlockedCompareExchange##suffix(type volatile *Destination, type Exchange, type Comperand) {    \
    __atomic_compare_exchange_n(Destination, &Comperand, Exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);            \
    return Comperand;                                                                                                 \
  }
#define OWSK_COUNTING(suffix, type)                                                                                          \
  FORCEINLINE type InterlockedIncrement##suffix(type volatile *Addend) { return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST); } \
  FORCEINLINE type InterlockedDecrement##suffix(type volatile *Addend) { return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST); }

OWSK_INTERLOCKED(, LONG)
OWSK_INTERLOCKED(64, LONG64)
OWSK_INTERLOCKED(16, SHORT)
OWSK_INTERLOCKED(8, CHAR)
OWSK_COUNTING(, LONG)
OWSK_COUNTING(64, LONG64)
OWSK_COUNTING(16, SHORT)

FORCEINLINE PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value) {
  return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
FORCEINLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination, PVOID Exchange, PVOID Comperand) {
  __atomic_compare_exchange_n(Destination, &Comperand, Exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return Comperand;
}
FORCEINLINE UCHAR InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit) {
  return (UCHAR)((__atomic_fetch_or(Base + (Bit >> 5), (LONG)(1UL << (Bit & 31)), __ATOMIC_SEQ_CST) >> (Bit & 31)) & 1);
}
FORCEINLINE UCHAR InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit) {
  return (UCHAR)((__atomic_fetch_and(Base + (Bit >> 5), (LONG)~(1UL << (Bit & 31)), __ATOMIC_SEQ_CST) >> (Bit & 31)) & 1);
}

#define InterlockedIncrementAcquire InterlockedIncrement
#define InterlockedIncrementRelease InterlockedIncrement
#define InterlockedIncrementNoFence InterlockedIncrement
#define InterlockedDecrementAcquire InterlockedDecrement
#define InterlockedDecrementRelease InterlockedDecrement
#define InterlockedDecrementNoFence InterlockedDecrement
#define InterlockedIncrementNoFence64 InterlockedIncrement64
#define InterlockedDecrementNoFence64 InterlockedDecrement64
#define InterlockedExchangeAcquire InterlockedExchange
#define InterlockedExchangeNoFence InterlockedExchange
#define InterlockedExchangeAddNoFence InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence64 InterlockedExchangeAdd64
#define InterlockedAddNoFence InterlockedAdd
#define InterlockedAddNoFence64 InterlockedAdd64
#define InterlockedOrNoFence InterlockedOr
#define InterlockedAndNoFence InterlockedAnd
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence InterlockedCompareExchange
#define InterlockedExchangePointerNoFence InterlockedExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedSetBit(base, bit) InterlockedBitTestAndSet(base, bit)
#define InterlockedClearBit(base, bit) InterlockedBitTestAndReset(base, bit)
FORCEINLINE SIZE_T InterlockedExchangeAddSizeT(SIZE_T volatile *Addend, SIZE_T Value) {
  return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}
FORCEINLINE SIZE_T InterlockedIncrementSizeT(SIZE_T volatile *Addend) { return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST); }
FORCEINLINE SIZE_T InterlockedDecrementSizeT(SIZE_T volatile *Addend) { return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST); }

#ifdef __cplusplus
extern "C++" {
inline ULONG InterlockedIncrement(ULONG volatile *a) { return (ULONG)InterlockedIncrement((LONG volatile *)a); }
inline ULONG InterlockedDecrement(ULONG volatile *a) { return (ULONG)InterlockedDecrement((LONG volatile *)a); }
inline ULONG InterlockedExchange(ULONG volatile *a, ULONG v) { return (ULONG)InterlockedExchange((LONG volatile *)a, (LONG)v); }
inline ULONG InterlockedExchangeAdd(ULONG volatile *a, ULONG v) { return (ULONG)InterlockedExchangeAdd((LONG volatile *)a, (LONG)v); }
inline ULONG InterlockedOr(ULONG volatile *a, ULONG v) { return (ULONG)InterlockedOr((LONG volatile *)a, (LONG)v); }
inline ULONG InterlockedAnd(ULONG volatile *a, ULONG v) { return (ULONG)InterlockedAnd((LONG volatile *)a, (LONG)v); }
inline ULONG InterlockedCompareExchange(ULONG volatile *a, ULONG x, ULONG c) {
  return (ULONG)InterlockedCompareExchange((LONG volatile *)a, (LONG)x, (LONG)c);
}
inline ULONG64 InterlockedIncrement64(ULONG64 volatile *a) { return (ULONG64)InterlockedIncrement64((LONG64 volatile *)a); }
inline ULONG64 InterlockedDecrement64(ULONG64 volatile *a) { return (ULONG64)InterlockedDecrement64((LONG64 volatile *)a); }
}
#endif

#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrierWithoutFence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
/* A spin loop that yields lets the host run another processor; one that does not never ends. */
EXTERN_C VOID OwskYieldProcessor(VOID);
#define YieldProcessor() OwskYieldProcessor()

#define OWSK_ACCESS(suffix, type)                                                                                     \
  FORCEINLINE type Read##suffix##NoFence(type const volatile *Source) { return *Source; }                             \
  FORCEINLINE type Read##suffix##Acquire(type const volatile *Source) { return __atomic_load_n(Source, __ATOMIC_ACQUIRE); } \
  FORCEINLINE void Write##suffix##NoFence(type volatile *Destination, type Value) { *Destination = Value; }           \
  FORCEINLINE void Write##suffix##Release(type volatile *Destination, type Value) { __atomic_store_n(Destination, Value, __ATOMIC_RELEASE); }
OWSK_ACCESS(, LONG)
OWSK_ACCESS(ULong, ULONG)
OWSK_ACCESS(8, CHAR)
OWSK_ACCESS(UChar, UCHAR)
OWSK_ACCESS(16, SHORT)
OWSK_ACCESS(UShort, USHORT)
OWSK_ACCESS(64, LONG64)
OWSK_ACCESS(ULong64, ULONG64)
OWSK_ACCESS(Pointer, PVOID)
