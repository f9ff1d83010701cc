/*
 * A reference is given back, and the object that it may have freed is looked at.
 */
#include <ntddk.h>

typedef struct _SESSION {
  LONG References;
  ULONG Number;
} SESSION, *PSESSION;

static VOID Release(PSESSION Session) {
  if (InterlockedDecrement(&Session->References) == 0) {
    ExFreePoolWithTag(Session, 'gurB');
  }
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PSESSION Session;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Session = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Session), 'gurB');
  Session->References = 1;
  Session->Number = 7;
  Release(Session);
  DbgPrint("session %u ends\n", Session->Number); /* BUG: freed by Release */
  return STATUS_SUCCESS;
}
