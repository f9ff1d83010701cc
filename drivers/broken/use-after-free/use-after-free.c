/*
 * An entry is freed while the list is walked by it.
 */
#include <ntddk.h>

typedef struct _ENTRY {
  struct _ENTRY *Next;
  ULONG Number;
} ENTRY, *PENTRY;

static PENTRY First;

static VOID FreeAll(VOID) {
  PENTRY Entry;

  Entry = First;
  while (Entry != NULL) {
    ExFreePoolWithTag(Entry, 'gurB');
    Entry = Entry->Next; /* BUG: Entry was freed above */
  }
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  PENTRY Entry;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  Entry = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Entry), 'gurB');
  Entry->Next = First;
  First = Entry;
  FreeAll();
  return STATUS_SUCCESS;
}
