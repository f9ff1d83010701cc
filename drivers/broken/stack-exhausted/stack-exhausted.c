/*
 * A directory is walked by a function that calls itself, with a large buffer each time.
 */
#include <ntddk.h>

static volatile LONG Deepest = 4000;

static LONG Walk(LONG Depth) {
  volatile CHAR Path[512];

  Path[Depth & 511] = (CHAR)Depth; /* BUG: 4,000 deep */
  if (Depth == Deepest) {
    return 0;
  }
  return Walk(Depth + 1) + Path[Depth & 511];
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  DbgPrint("%d\n", Walk(0));
  return STATUS_SUCCESS;
}
