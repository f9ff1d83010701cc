/* Tells the outcome of each check in a line of its own: PASS or FAIL and its name. */
#pragma once
#include <ntddk.h>

static VOID CheckAppend(CHAR *Line, ULONG *Length, PCSTR Text) {
  while (*Text != 0 && *Length < 200) {
    Line[(*Length)++] = *Text++;
  }
}

static VOID Check(PCSTR Name, BOOLEAN Holds) {
  CHAR Line[256];
  ULONG Length = 0;
  CheckAppend(Line, &Length, Holds ? "PASS " : "FAIL ");
  CheckAppend(Line, &Length, Name);
  OwskDbgPrint(0, 0, Line, Length);
}

#define CHECK(condition) Check(#condition, (BOOLEAN)((condition) ? TRUE : FALSE))

static LARGE_INTEGER Milliseconds(LONG Count) {
  LARGE_INTEGER Interval;
  Interval.QuadPart = -10000LL * Count;
  return Interval;
}

static VOID Sleep(LONG Count) {
  LARGE_INTEGER Interval = Milliseconds(Count);
  KeDelayExecutionThread(KernelMode, FALSE, &Interval);
}

/* Starts a thread and gives its object, to be waited for. */
static PVOID StartThread(PKSTART_ROUTINE Routine, PVOID Context) {
  HANDLE Handle;
  PVOID Thread = NULL;
  if (PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, Context) != STATUS_SUCCESS) {
    return NULL;
  }
  ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Thread, NULL);
  ZwClose(Handle);
  return Thread;
}

static VOID Join(PVOID Thread) {
  KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
  ObDereferenceObject(Thread);
}

static DRIVER_UNLOAD DriverUnload;
static VOID DriverUnload(PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }
