// Structured exceptions on setjmp, for WebAssembly: see include/openwsk/seh.h. OwskSehTop belongs to the running fiber: the
// host saves and restores it at each switch, as it does the stack pointer.
#include "runtime.h"
OWSK_SEH_FRAME *OwskSehTop;
/* Steps a __try statement: into its body, then into its handler, then out; an exception nobody took goes outwards. */
int OwskSehNext(OWSK_SEH_FRAME *frame) {
  if (frame->phase == 0) {
    frame->phase = 1;
    frame->outer = OwskSehTop;
    OwskSehTop = frame;
    return 1;
  }
  if (frame->phase == 1 && frame->state == OWSK_SEH_NORMAL) {
    OwskSehPop(frame);
    return 1;
  }
  frame->phase = 3;
  if (frame->state == OWSK_SEH_RAISED && !frame->handled) OwskSehRaise(&frame->record);
  return 0;
}
/* Also what runs when `return`, `goto` or `break` leaves the body. Frames deeper than this one are gone with it. */
void OwskSehPop(OWSK_SEH_FRAME *frame) {
  if (frame->phase != 1) return;
  frame->phase = 2;
  OwskSehTop = frame->outer;
}
static void jump(OWSK_SEH_FRAME *frame, int state) {
  OwskSehPop(frame);
#ifdef OWSK_NO_SEH
  KeBugCheckEx(KMODE_EXCEPTION_NOT_HANDLED, (ULONG_PTR)frame->record.ExceptionCode, (ULONG_PTR)state, 0, 0);
#else
  longjmp(frame->context, state);
#endif
}
int OwskSehFilter(OWSK_SEH_FRAME *frame, int disposition) {
  if (disposition < 0) KeBugCheckEx(KMODE_EXCEPTION_NOT_HANDLED, (ULONG_PTR)STATUS_NONCONTINUABLE_EXCEPTION, (ULONG_PTR)frame->record.ExceptionCode, 0, 0);
  return frame->handled = disposition > 0;
}
void OwskSehLeave(void) {
  jump(OwskSehTop, OWSK_SEH_LEFT);
  __builtin_unreachable();
}
void OwskSehRaise(const EXCEPTION_RECORD *record) {
  OWSK_SEH_FRAME *frame = OwskSehTop;
  if (frame == NULL) KeBugCheckEx(KMODE_EXCEPTION_NOT_HANDLED, (ULONG_PTR)record->ExceptionCode, (ULONG_PTR)record->ExceptionAddress,
                                  record->ExceptionInformation[0], record->ExceptionInformation[1]);
  frame->record = *record;
  frame->pointers.ExceptionRecord = &frame->record;
  jump(frame, OWSK_SEH_RAISED);
  __builtin_unreachable();
}
VOID NTAPI ExRaiseStatus(NTSTATUS Status) {
  EXCEPTION_RECORD record = {0};
  record.ExceptionCode = Status;
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  OwskSehRaise(&record);
}
VOID NTAPI ExRaiseAccessViolation(VOID) { ExRaiseStatus(STATUS_ACCESS_VIOLATION); }
VOID NTAPI ExRaiseDatatypeMisalignment(VOID) { ExRaiseStatus(STATUS_DATATYPE_MISALIGNMENT); }

/* What raises in Windows: the host answers with a status, the raise happens here, where no host frame is in between. */
NTSTATUS OwskProbeAndLockPages(PMDL mdl, ULONG mode, ULONG operation);
NTSTATUS OwskProbe(const volatile VOID *address, SIZE_T length, ULONG alignment, ULONG isWrite);
VOID NTAPI MmProbeAndLockPages(PMDL Mdl, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation) {
  NTSTATUS status = OwskProbeAndLockPages(Mdl, (ULONG)AccessMode, Operation);
  if (!NT_SUCCESS(status)) ExRaiseStatus(status);
}
VOID NTAPI ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment) {
  NTSTATUS status = OwskProbe(Address, Length, Alignment, FALSE);
  if (!NT_SUCCESS(status)) ExRaiseStatus(status);
}
VOID NTAPI ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment) {
  NTSTATUS status = OwskProbe(Address, Length, Alignment, TRUE);
  if (!NT_SUCCESS(status)) ExRaiseStatus(status);
}
