// Checked integer arithmetic: each returns STATUS_INTEGER_OVERFLOW, and the greatest value, when the result does not fit.
#pragma once
#include <ntdef.h>
#include <ntstatus.h>
#define OWSK_CHECKED(name, operation, type, error)                           \
  FORCEINLINE NTSTATUS name(type a, type b, type *result) {                  \
    if (!__builtin_##operation##_overflow(a, b, result)) return STATUS_SUCCESS; \
    *result = error;                                                         \
    return STATUS_INTEGER_OVERFLOW;                                          \
  }
#define OWSK_CHECKED_TYPE(prefix, type, error)         \
  OWSK_CHECKED(Rtl##prefix##Add, add, type, error)     \
  OWSK_CHECKED(Rtl##prefix##Sub, sub, type, error)     \
  OWSK_CHECKED(Rtl##prefix##Mult, mul, type, error)
OWSK_CHECKED_TYPE(UInt8, UINT8, 0xff)
OWSK_CHECKED_TYPE(UShort, USHORT, 0xffff)
OWSK_CHECKED_TYPE(UInt, UINT, 0xffffffff)
OWSK_CHECKED_TYPE(ULong, ULONG, 0xffffffff)
OWSK_CHECKED_TYPE(SizeT, SIZE_T, MAXSIZE_T)
OWSK_CHECKED_TYPE(ULongPtr, ULONG_PTR, MAXULONG_PTR)
OWSK_CHECKED_TYPE(ULongLong, ULONGLONG, MAXULONGLONG)
OWSK_CHECKED_TYPE(Int, INT, -1)
OWSK_CHECKED_TYPE(Long, LONG, -1)
OWSK_CHECKED_TYPE(LongLong, LONGLONG, -1)
#define RtlUInt32Add(a, b, r) RtlUIntAdd(a, b, (UINT *)(r))
#define RtlUInt32Sub(a, b, r) RtlUIntSub(a, b, (UINT *)(r))
#define RtlUInt32Mult(a, b, r) RtlUIntMult(a, b, (UINT *)(r))
#define RtlUInt16Add RtlUShortAdd
#define RtlUInt64Add RtlULongLongAdd
#define RtlUInt64Mult RtlULongLongMult
#define RtlDWordAdd RtlULongAdd
#define RtlSIZETAdd RtlSizeTAdd
#define OWSK_CONVERT(name, from, to, error)                              \
  FORCEINLINE NTSTATUS name(from operand, to *result) {                  \
    if (!__builtin_add_overflow(operand, (from)0, result)) return STATUS_SUCCESS; \
    *result = error;                                                     \
    return STATUS_INTEGER_OVERFLOW;                                      \
  }
OWSK_CONVERT(RtlSizeTToULong, SIZE_T, ULONG, 0xffffffff)
OWSK_CONVERT(RtlSizeTToUShort, SIZE_T, USHORT, 0xffff)
OWSK_CONVERT(RtlSizeTToUInt, SIZE_T, UINT, 0xffffffff)
OWSK_CONVERT(RtlSizeTToLong, SIZE_T, LONG, -1)
OWSK_CONVERT(RtlSizeTToInt, SIZE_T, INT, -1)
OWSK_CONVERT(RtlULongToUShort, ULONG, USHORT, 0xffff)
OWSK_CONVERT(RtlULongToUChar, ULONG, UCHAR, 0xff)
OWSK_CONVERT(RtlULongToLong, ULONG, LONG, -1)
OWSK_CONVERT(RtlLongToULong, LONG, ULONG, 0xffffffff)
OWSK_CONVERT(RtlIntToUShort, INT, USHORT, 0xffff)
OWSK_CONVERT(RtlIntToULong, INT, ULONG, 0xffffffff)
OWSK_CONVERT(RtlUIntToUShort, UINT, USHORT, 0xffff)
OWSK_CONVERT(RtlUIntToInt, UINT, INT, -1)
OWSK_CONVERT(RtlUShortToUChar, USHORT, UCHAR, 0xff)
OWSK_CONVERT(RtlULongLongToULong, ULONGLONG, ULONG, 0xffffffff)
OWSK_CONVERT(RtlULongLongToLong, ULONGLONG, LONG, -1)
OWSK_CONVERT(RtlULongLongToLongLong, ULONGLONG, LONGLONG, -1)
OWSK_CONVERT(RtlULongLongToSizeT, ULONGLONG, SIZE_T, MAXSIZE_T)
OWSK_CONVERT(RtlLongLongToULong, LONGLONG, ULONG, 0xffffffff)
OWSK_CONVERT(RtlULongPtrToULong, ULONG_PTR, ULONG, 0xffffffff)
OWSK_CONVERT(RtlUIntPtrToULong, UINT_PTR, ULONG, 0xffffffff)
