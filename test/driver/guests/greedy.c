/* A driver that takes without end of one thing after the other: the host has to say no, or to stop it. */
#include <ntddk.h>
#include <wsk.h>

ULONG TestCase(VOID);

static KEVENT Never;
static KDPC Dpc;
static WSK_REGISTRATION Registration;
static WSK_PROVIDER_NPI Npi;
static const WSK_CLIENT_DISPATCH AppDispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};

static VOID WaitForEver(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
  KeWaitForSingleObject(&Never, Executive, KernelMode, FALSE, NULL);
}

static VOID EndAtOnce(PVOID Context) { UNREFERENCED_PARAMETER(Context); }

static VOID Prints(VOID) {
  for (ULONG i = 0;; i++) {
    DbgPrint("line %lu of a driver that prints for ever, whatever anybody does\n", i);
  }
}

static NTSTATUS Threads(PKSTART_ROUTINE Routine, BOOLEAN Close) {
  HANDLE Handle;
  LARGE_INTEGER Short;
  NTSTATUS Status;
  Short.QuadPart = -10;
  for (ULONG i = 0;; i++) {
    Status = PsCreateSystemThread(&Handle, 0, NULL, NULL, NULL, Routine, NULL);
    if (!NT_SUCCESS(Status)) {
      DbgPrint("%lu threads\n", i);
      return Status;
    }
    if (Close) {
      ZwClose(Handle);
      KeDelayExecutionThread(KernelMode, FALSE, &Short);
    }
  }
}

static NTSTATUS Events(VOID) {
  HANDLE Handle;
  OBJECT_ATTRIBUTES Attributes;
  NTSTATUS Status;
  InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
  for (ULONG i = 0;; i++) {
    Status = ZwCreateEvent(&Handle, EVENT_ALL_ACCESS, &Attributes, NotificationEvent, FALSE);
    if (!NT_SUCCESS(Status)) {
      DbgPrint("%lu events\n", i);
      return Status;
    }
  }
}

static VOID Number(PUNICODE_STRING Name, PWCH Buffer, ULONG Value) {
  USHORT i = 0;
  do {
    Buffer[i++] = (WCHAR)(L'0' + Value % 10);
    Value /= 10;
  } while (Value != 0);
  Name->Buffer = Buffer;
  Name->Length = Name->MaximumLength = (USHORT)(i * sizeof(WCHAR));
}

static NTSTATUS OpenKeys(PUNICODE_STRING Path, BOOLEAN Different) {
  HANDLE Handle;
  OBJECT_ATTRIBUTES Attributes;
  NTSTATUS Status;
  HANDLE Root;
  UNICODE_STRING Name;
  WCHAR Buffer[16];
  InitializeObjectAttributes(&Attributes, Path, OBJ_KERNEL_HANDLE, NULL, NULL);
  Status = ZwCreateKey(&Root, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, NULL);
  for (ULONG i = 0; NT_SUCCESS(Status); i++) {
    Number(&Name, Buffer, Different ? i : 1);
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, Root, NULL);
    Status = ZwCreateKey(&Handle, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, NULL);
    if (!NT_SUCCESS(Status)) {
      DbgPrint("%lu keys\n", i);
    } else if (Different) {
      ZwClose(Handle);
    }
  }
  return Status;
}

static NTSTATUS Values(PUNICODE_STRING Path, ULONG Size) {
  HANDLE Handle;
  OBJECT_ATTRIBUTES Attributes;
  NTSTATUS Status;
  UNICODE_STRING Name;
  WCHAR Buffer[16];
  PVOID Data = ExAllocatePool2(POOL_FLAG_PAGED, Size, 'ataD');
  InitializeObjectAttributes(&Attributes, Path, OBJ_KERNEL_HANDLE, NULL, NULL);
  Status = ZwCreateKey(&Handle, KEY_ALL_ACCESS, &Attributes, 0, NULL, 0, NULL);
  for (ULONG i = 0; NT_SUCCESS(Status); i++) {
    Number(&Name, Buffer, i);
    Status = ZwSetValueKey(Handle, &Name, 0, REG_BINARY, Data, Size);
    if (!NT_SUCCESS(Status)) {
      DbgPrint("%lu values\n", i);
    }
  }
  return Status;
}

static NTSTATUS Links(VOID) {
  UNICODE_STRING Name;
  UNICODE_STRING Target = RTL_CONSTANT_STRING(L"\\Device\\Nothing");
  WCHAR Buffer[32] = L"\\DosDevices\\";
  NTSTATUS Status = STATUS_SUCCESS;
  for (ULONG i = 0; NT_SUCCESS(Status); i++) {
    Number(&Name, Buffer + 12, i);
    Name.Buffer = Buffer;
    Name.Length = Name.MaximumLength = (USHORT)(Name.Length + 24);
    Status = IoCreateSymbolicLink(&Name, &Target);
    if (!NT_SUCCESS(Status)) {
      DbgPrint("%lu links\n", i);
    }
  }
  return Status;
}

static NTSTATUS Irps(VOID) {
  ULONG Count = 0;
  while (IoAllocateIrp(1, FALSE) != NULL) {
    Count++;
  }
  DbgPrint("%lu IRPs\n", Count);
  return STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS Blocks(BOOLEAN Free) {
  ULONG Count = 0;
  for (PVOID Block; (Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 1, 'kclB')) != NULL; Count++) {
    if (Free) {
      ExFreePool(Block);
    }
  }
  DbgPrint("%lu blocks\n", Count);
  return STATUS_INSUFFICIENT_RESOURCES;
}

static VOID InitializeEverywhere(VOID) {
  SIZE_T Size = 12 * 1024 * 1024;
  PUCHAR Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, Size, 'yrvE');
  for (SIZE_T i = 0; i + sizeof(KEVENT) <= Size; i += 4) {
    KeInitializeEvent((PKEVENT)(Memory + i), NotificationEvent, FALSE);
  }
}

static VOID TimersEverywhere(VOID) {
  SIZE_T Count = 12 * 1024 * 1024 / sizeof(KTIMER);
  PKTIMER Timers = ExAllocatePool2(POOL_FLAG_NON_PAGED, Count * sizeof(KTIMER), 'emiT');
  LARGE_INTEGER Due;
  Due.QuadPart = -10000;
  for (SIZE_T i = 0; i < Count; i++) {
    KeInitializeTimer(&Timers[i]);
    KeSetTimerEx(&Timers[i], Due, 1, NULL);
  }
}

static VOID DelaysByNothing(VOID) {
  LARGE_INTEGER Zero;
  Zero.QuadPart = 0;
  for (;;) {
    KeDelayExecutionThread(KernelMode, FALSE, &Zero);
  }
}

static VOID DelaysAlittle(VOID) {
  LARGE_INTEGER Short;
  Short.QuadPart = -1;
  for (;;) {
    KeDelayExecutionThread(KernelMode, FALSE, &Short);
  }
}

static VOID Again(PKDPC This, PVOID Context, PVOID A, PVOID B) {
  UNREFERENCED_PARAMETER(Context);
  UNREFERENCED_PARAMETER(A);
  UNREFERENCED_PARAMETER(B);
  KeInsertQueueDpc(This, NULL, NULL);
}

static NTSTATUS Done(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  UNREFERENCED_PARAMETER(Device);
  UNREFERENCED_PARAMETER(Irp);
  KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS Socket(ADDRESS_FAMILY Family, USHORT Type, ULONG Protocol, ULONG Flags, PWSK_SOCKET *Made) {
  KEVENT Event;
  PIRP Irp = IoAllocateIrp(1, FALSE);
  NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;
  if (Irp != NULL) {
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    IoSetCompletionRoutine(Irp, Done, &Event, TRUE, TRUE, TRUE);
    Npi.Dispatch->WskSocket(Npi.Client, Family, Type, Protocol, Flags, NULL, NULL, NULL, NULL, NULL, Irp);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    Status = Irp->IoStatus.Status;
    *Made = (PWSK_SOCKET)Irp->IoStatus.Information;
    IoFreeIrp(Irp);
  }
  return Status;
}

static NTSTATUS Sockets(USHORT Type, ULONG Protocol, ULONG Flags) {
  PWSK_SOCKET Made;
  for (ULONG i = 0;; i++) {
    NTSTATUS Status = Socket(AF_INET, Type, Protocol, Flags, &Made);
    if (!NT_SUCCESS(Status)) {
      DbgPrint("%lu sockets\n", i);
      return Status;
    }
  }
}

/* A timer that fires every millisecond, and a driver that ends without taking it back. */
static VOID FiresForEver(VOID) {
  static KTIMER Timer;
  LARGE_INTEGER Due;
  Due.QuadPart = -10000;
  KeInitializeTimer(&Timer);
  KeSetTimerEx(&Timer, Due, 1, NULL);
}

static VOID DelaysTwoSeconds(VOID) {
  LARGE_INTEGER Long;
  Long.QuadPart = -20000000;
  KeDelayExecutionThread(KernelMode, FALSE, &Long);
}

static VOID PrintsMuch(VOID) {
  for (ULONG i = 0; i < 1000; i++) {
    DbgPrint("line %lu of a driver that prints much\n", i);
  }
}

static VOID PollsWithCalls(VOID) {
  for (;;) {
    KeReadStateEvent(&Never);
  }
}

static VOID LocksEverywhere(VOID) {
  SIZE_T Size = 12 * 1024 * 1024;
  PUCHAR Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, Size, 'yrvE');
  for (SIZE_T i = 0; i + sizeof(FAST_MUTEX) <= Size; i += 4) {
    ExInitializeFastMutex((PFAST_MUTEX)(Memory + i));
  }
}


static NTSTATUS Registrations(VOID) {
  WSK_CLIENT_NPI Client = {NULL, &AppDispatch};
  for (ULONG i = 0;; i++) {
    PWSK_REGISTRATION One = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*One), 'geRW');
    NTSTATUS Status = WskRegister(&Client, One);
    if (!NT_SUCCESS(Status)) {
      DbgPrint("%lu registrations\n", i);
      return Status;
    }
  }
}

static NTSTATUS Wsk(VOID) {
  WSK_CLIENT_NPI Client = {NULL, &AppDispatch};
  WskRegister(&Client, &Registration);
  return WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &Npi);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  ULONG Case = TestCase();
  UNREFERENCED_PARAMETER(DriverObject);
  KeInitializeEvent(&Never, NotificationEvent, FALSE);
  if (Case >= 40) {
    Wsk();
  }
  switch (Case) {
  case 1:
    Prints();
    break;
  case 3:
    return Threads(WaitForEver, FALSE);
  case 4:
    return Threads(EndAtOnce, TRUE);
  case 5:
    return Events();
  case 6:
    return OpenKeys(RegistryPath, FALSE);
  case 7:
    return OpenKeys(RegistryPath, TRUE);
  case 8:
    return Values(RegistryPath, 1);
  case 9:
    return Values(RegistryPath, 65536);
  case 10:
    return Links();
  case 11:
    return Irps();
  case 12:
    return Blocks(FALSE);
  case 13:
    return Blocks(TRUE);
  case 14:
    InitializeEverywhere();
    break;
  case 15:
    TimersEverywhere();
    break;
  case 16:
    DelaysByNothing();
    break;
  case 17:
    DelaysAlittle();
    break;
  case 18:
    KeInitializeDpc(&Dpc, Again, NULL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    break;
  case 19:
    PollsWithCalls();
    break;
  case 20:
    LocksEverywhere();
    break;
  case 21:
    FiresForEver();
    WaitForEver(NULL);
    break;
  case 22:
    DelaysTwoSeconds();
    break;
  case 23:
    PrintsMuch();
    break;
  case 24:
    return Registrations();
  case 40:
    return Sockets(SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET);
  }
  return STATUS_SUCCESS;
}
