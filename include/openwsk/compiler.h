// What Microsoft's compiler has and this one is told: keywords, declaration macros, and the switch between the two
// layouts (32-bit Windows when compiled for WebAssembly, 64-bit Windows when checked as x86_64). See decision 0013.
#pragma once
#include <sal.h>

#define OPENWSK 1
#if defined(__wasm__) && defined(__cplusplus) && __SIZEOF_WCHAR_T__ != 2
#error "openwsk: wide characters of C++ must have 2 bytes: add -fshort-wchar, and use clang 19 or later (clang 14 ignores it for wasm32)"
#endif

#ifdef __cplusplus
#define EXTERN_C extern "C"
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END }
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#endif

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#ifndef NTDDI_VERSION
#define NTDDI_VERSION 0x0A00000C
#endif
#ifndef WINVER
#define WINVER _WIN32_WINNT
#endif
#include <sdkddkver.h>

#define NTAPI __stdcall
#define WINAPI __stdcall
#define APIENTRY __stdcall
#define CALLBACK __stdcall
#define FASTCALL __fastcall
#define NTAPI_INLINE NTAPI

#define DECLSPEC_IMPORT
#define NTKERNELAPI DECLSPEC_IMPORT
#define NTSYSAPI DECLSPEC_IMPORT
#define NTSYSCALLAPI DECLSPEC_IMPORT
#define NTHALAPI DECLSPEC_IMPORT
#define NTSTRSAFEDDI static inline
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_NOINLINE __attribute__((noinline))
#define DECLSPEC_ALIGN(x) __attribute__((aligned(x)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_SELECTANY __attribute__((weak))
#define DECLSPEC_NOVTABLE
#define DECLSPEC_DEPRECATED
#define DECLSPEC_DEPRECATED_DDK
#define DECLSPEC_RESTRICT
#define DECLSPEC_NOALIAS
#define DECLSPEC_SAFEBUFFERS
#define DECLSPEC_GUARDNOCF
#define DECLSPEC_UUID(x)
#ifdef _WIN64
#define POINTER_ALIGNMENT DECLSPEC_ALIGN(8)
#define MEMORY_ALLOCATION_ALIGNMENT 16
#else
#define POINTER_ALIGNMENT
#define MEMORY_ALLOCATION_ALIGNMENT 8
#endif
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define MAX_NATURAL_ALIGNMENT sizeof(ULONG_PTR)
#ifdef __cplusplus
#define TYPE_ALIGNMENT(t) __alignof__(t)
#else
#define TYPE_ALIGNMENT(t) FIELD_OFFSET(struct { char x; t test; }, test)
#endif
#define DUMMYUNIONNAME
#define DUMMYUNIONNAME1
#define DUMMYUNIONNAME2
#define DUMMYUNIONNAME3
#define DUMMYUNIONNAME4
#define DUMMYUNIONNAME5
#define DUMMYSTRUCTNAME
#define DUMMYSTRUCTNAME1
#define DUMMYSTRUCTNAME2
#define DUMMYSTRUCTNAME3
#define _ANONYMOUS_UNION
#define _ANONYMOUS_STRUCT
#define UNALIGNED
#define UNALIGNED64
#define RESTRICTED_POINTER
#define FORCEINLINE static inline __attribute__((always_inline))
#define CFORCEINLINE FORCEINLINE
#define INLINE static inline
#ifndef _MSC_EXTENSIONS
#define __forceinline inline __attribute__((always_inline))
#define __ptr32
#define __ptr64
#define __unaligned
#define __w64
#endif
#define STDAPICALLTYPE __stdcall

#ifdef __cplusplus
#define OWSK_STATIC_ASSERT(e, text) static_assert(e, text)
#else
#define OWSK_STATIC_ASSERT(e, text) _Static_assert(e, text)
#endif
#define C_ASSERT(e) OWSK_STATIC_ASSERT(e, #e)

/* A layout both Windows have, in bytes: OWSK_SIZE(KEVENT, 16, 24). */
#ifdef _WIN64
#define OWSK_SIZE(type, size32, size64) OWSK_STATIC_ASSERT(sizeof(type) == (size64), "size of " #type)
#define OWSK_AT(type, field, at32, at64) OWSK_STATIC_ASSERT(__builtin_offsetof(type, field) == (at64), #type "." #field)
#else
#define OWSK_SIZE(type, size32, size64) OWSK_STATIC_ASSERT(sizeof(type) == (size32), "size of " #type)
#define OWSK_AT(type, field, at32, at64) OWSK_STATIC_ASSERT(__builtin_offsetof(type, field) == (at32), #type "." #field)
#endif

#define UNREFERENCED_PARAMETER(p) ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p) ((void)(p))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))
#define DEFAULT_UNREACHABLE default: __builtin_unreachable()
#define __assume(e) __builtin_assume(!!(e))
#define NOTHING
#define CONST const
#define FAR
#define NEAR
#define IN
#define OUT
#define OPTIONAL
#define CRITICAL
#define ARGUMENT_PRESENT(p) ((CHAR *)((ULONG_PTR)(p)) != (CHAR *)(NULL))
