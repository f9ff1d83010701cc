/*
 * DriverUnload does not wait for the thread.
 */
#include <ntddk.h>

static VOID Forever(PVOID Context) {
  KEVENT Never;

  UNREFERENCED_PARAMETER(Context);
  KeInitializeEvent(&Never, NotificationEvent, FALSE);
  KeWaitForSingleObject(&Never, Executive, KernelMode, FALSE, NULL);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  HANDLE Thread;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, Forever, NULL); /* BUG: nobody ends it */
  ZwClose(Thread);
  return STATUS_SUCCESS;
}
