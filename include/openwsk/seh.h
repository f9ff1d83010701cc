// Structured exceptions. 64-bit Windows has them in the compiler; WebAssembly has not, so that __try, __except, __finally
// and __leave are macros on setjmp (runtime/seh.c). What is raised: ExRaiseStatus, and what the host raises
// (MmProbeAndLockPages, ProbeForRead). Limits, see decision 0013: `return` out of a __try that has a __finally does not run
// it, and (clang before 22, C) `break` and `continue` out of a __try do not reach the loop around it.
#pragma once
#include <openwsk/scalars.h>
#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)
#define EXCEPTION_NONCONTINUABLE 0x1
#define EXCEPTION_MAXIMUM_PARAMETERS 15
typedef struct _EXCEPTION_RECORD {
  NTSTATUS ExceptionCode;
  ULONG ExceptionFlags;
  struct _EXCEPTION_RECORD *ExceptionRecord;
  PVOID ExceptionAddress;
  ULONG NumberParameters;
  ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;
typedef struct _CONTEXT CONTEXT, *PCONTEXT;
typedef struct _EXCEPTION_POINTERS {
  PEXCEPTION_RECORD ExceptionRecord;
  PCONTEXT ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

#ifdef __wasm__
#include <setjmp.h>
#include <openwsk/begin-c.h>
/* One per __try that is being executed. They form a stack, whose top the host saves and restores per fiber. */
typedef struct _OWSK_SEH_FRAME {
  struct _OWSK_SEH_FRAME *outer;
  int phase;   /* 0 before the body, 1 in it, 2 in its handler */
  int state;   /* how the body was left: OWSK_SEH_* */
  int handled; /* a filter said EXCEPTION_EXECUTE_HANDLER */
  EXCEPTION_RECORD record;
  EXCEPTION_POINTERS pointers;
  jmp_buf context;
} OWSK_SEH_FRAME;
#define OWSK_SEH_NORMAL 0
#define OWSK_SEH_RAISED 1
#define OWSK_SEH_LEFT 2
extern OWSK_SEH_FRAME *OwskSehTop;
int OwskSehNext(OWSK_SEH_FRAME *frame);
void OwskSehPop(OWSK_SEH_FRAME *frame);
int OwskSehFilter(OWSK_SEH_FRAME *frame, int disposition);
void OwskSehLeave(void) __attribute__((noreturn));
void OwskSehRaise(const EXCEPTION_RECORD *record) __attribute__((noreturn));
#include <openwsk/end-c.h>

/* The loop runs once for the body and once for the handler: an __except that has nothing to handle, a __finally always. */
#define OWSK_TRY                                                                                 \
  for (OWSK_SEH_FRAME owsk_seh __attribute__((cleanup(OwskSehPop))) = {0}; OwskSehNext(&owsk_seh);) \
    if (owsk_seh.phase == 1 && (owsk_seh.state = setjmp(owsk_seh.context)) == 0)
#define OWSK_EXCEPT(filter) else if (owsk_seh.state == OWSK_SEH_RAISED && OwskSehFilter(&owsk_seh, (filter)))
#define __try OWSK_TRY
#define __except(filter) OWSK_EXCEPT(filter)
#define __finally else
#define __leave OwskSehLeave()
#define GetExceptionCode() (owsk_seh.record.ExceptionCode)
#define GetExceptionInformation() (&owsk_seh.pointers)
#define AbnormalTermination() (owsk_seh.state == OWSK_SEH_RAISED)
#else
#define GetExceptionCode() _exception_code()
#define GetExceptionInformation() ((PEXCEPTION_POINTERS)_exception_info())
#define AbnormalTermination() _abnormal_termination()
EXTERN_C unsigned long _exception_code(void);
EXTERN_C void *_exception_info(void);
EXTERN_C int _abnormal_termination(void);
#endif
#define exception_code GetExceptionCode
#define exception_info GetExceptionInformation
#define abnormal_termination AbnormalTermination
#ifndef __cplusplus
/* excpt.h's lower-case names */
#define try __try
#define except __except
#define finally __finally
#define leave __leave
#endif
