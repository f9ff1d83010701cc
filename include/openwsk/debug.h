// Messages to the debugger. They are formatted in the guest (runtime/format.c) and handed over as text.
#pragma once
#include <openwsk/scalars.h>
#include <stdarg.h>
#include <openwsk/begin-c.h>
ULONG DbgPrint(PCSTR Format, ...);
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
ULONG DbgPrintReturnControlC(PCCH Format, ...);
ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist);
ULONG NTAPI vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist);
NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level);
/* Not in Windows: where formatted text leaves the guest. Length in bytes, no terminator counted. */
NTKERNELAPI VOID OwskDbgPrint(ULONG componentId, ULONG level, const char *text, ULONG length);
#include <openwsk/end-c.h>
#define DPFLTR_SYSTEM_ID 0
#define DPFLTR_NETAPI_ID 9
#define DPFLTR_TCPIP_ID 31
#define DPFLTR_IHVDRIVER_ID 77
#define DPFLTR_IHVNETWORK_ID 81
#define DPFLTR_DEFAULT_ID 101
#define DPFLTR_ERROR_LEVEL 0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL 2
#define DPFLTR_INFO_LEVEL 3
#define DPFLTR_MASK 0x80000000
#if DBG
#define KdPrint(x) DbgPrint x
#define KdPrintEx(x) DbgPrintEx x
#define vKdPrintEx(x) vDbgPrintEx x
#define KdBreakPoint() DbgBreakPoint()
#else
#define KdPrint(x)
#define KdPrintEx(x)
#define vKdPrintEx(x)
#define KdBreakPoint()
#endif
