/*
 * The entry is looked up under the lock, and removed without it.
 */
#include <ntddk.h>

static LIST_ENTRY List;
static LIST_ENTRY Entries[4];
static KSPIN_LOCK Lock;
static KEVENT Ready;

static VOID Worker(PVOID Context) {
  PLIST_ENTRY Entry;
  KIRQL Irql;

  UNREFERENCED_PARAMETER(Context);
  KeWaitForSingleObject(&Ready, Executive, KernelMode, FALSE, NULL);
  for (;;) {
    KeAcquireSpinLock(&Lock, &Irql);
    Entry = IsListEmpty(&List) ? NULL : List.Flink;
    KeReleaseSpinLock(&Lock, Irql);
    if (Entry == NULL) {
      break;
    }
    RemoveEntryList(Entry); /* BUG: the other worker may have removed it */
  }
  PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject) {
  UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  HANDLE Thread;
  ULONG Index;

  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  InitializeListHead(&List);
  for (Index = 0; Index < RTL_NUMBER_OF(Entries); Index++) {
    InsertTailList(&List, &Entries[Index]);
  }
  KeInitializeEvent(&Ready, NotificationEvent, FALSE);
  for (Index = 0; Index < 2; Index++) {
    if (NT_SUCCESS(PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, Worker, NULL))) {
      ZwClose(Thread);
    }
  }
  KeSetEvent(&Ready, IO_NO_INCREMENT, FALSE);
  return STATUS_SUCCESS;
}
