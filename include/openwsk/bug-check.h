// Bug checks, assertions and the debugger.
#pragma once
#include <openwsk/scalars.h>
#include <bugcodes.h>
#include <openwsk/begin-c.h>

NTKERNELAPI DECLSPEC_NORETURN VOID NTAPI KeBugCheck(ULONG BugCheckCode);
NTKERNELAPI DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1, ULONG_PTR BugCheckParameter2,
                                                      ULONG_PTR BugCheckParameter3, ULONG_PTR BugCheckParameter4);
/* Not in Windows: a failed ASSERT, NT_ASSERT or assert. The host reports it with file and line. */
NTKERNELAPI VOID OwskAssertFailed(const char *expression, const char *file, unsigned long line);
/* __debugbreak and __fastfail (intrin.h) end here, too. */
NTKERNELAPI VOID NTAPI DbgBreakPoint(VOID);
NTKERNELAPI VOID NTAPI DbgBreakPointWithStatus(ULONG Status);
NTSYSAPI VOID NTAPI RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber, PSTR MutableMessage);
#include <openwsk/end-c.h>

#define FAST_FAIL_CORRUPT_LIST_ENTRY 3
#define FAST_FAIL_FATAL_APP_EXIT 7
#define FAST_FAIL_INVALID_ARG 5
#define FAST_FAIL_INVALID_REFERENCE_COUNT 14
#define FAST_FAIL_INVALID_BALANCED_TREE 29

#if DBG
#define OWSK_ASSERT(e, text) ((e) ? (void)0 : OwskAssertFailed(text, __FILE__, __LINE__))
#define ASSERT(e) OWSK_ASSERT(e, #e)
#define ASSERTMSG(msg, e) OWSK_ASSERT(e, msg)
#define RTL_ASSERT(e) OWSK_ASSERT(e, #e)
#define RTL_SOFT_ASSERT(e) OWSK_ASSERT(e, #e)
#define RTL_VERIFY(e) ((e) ? TRUE : (OwskAssertFailed(#e, __FILE__, __LINE__), FALSE))
#define NT_ASSERT(e) OWSK_ASSERT(e, #e)
#define NT_ASSERTMSG(msg, e) OWSK_ASSERT(e, msg)
#define NT_VERIFY(e) RTL_VERIFY(e)
#else
#define ASSERT(e) ((void)0)
#define ASSERTMSG(msg, e) ((void)0)
#define RTL_ASSERT(e) ((void)0)
#define RTL_SOFT_ASSERT(e) ((void)0)
#define RTL_VERIFY(e) ((e) ? TRUE : FALSE)
#define NT_ASSERT(e) ((void)0)
#define NT_ASSERTMSG(msg, e) ((void)0)
#define NT_VERIFY(e) ((e) ? TRUE : FALSE)
#endif
#define NT_ASSERT_ACTION(e) NT_ASSERT(e)
#define NT_ASSERT_ASSUME(e) NT_ASSERT(e)
#define NT_ANALYSIS_ASSUME(e) ((void)0)
#define NT_FRE_ASSERT(e) ((e) ? (void)0 : OwskAssertFailed(#e, __FILE__, __LINE__))
