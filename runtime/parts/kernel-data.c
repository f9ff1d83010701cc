// Variables that ntoskrnl exports, and constants of the network headers. Object types are compared by address only.
#include "runtime.h"
#include <wsk.h>
#include <wdmsec.h>
struct _OBJECT_TYPE {
  const char *name;
};
#define OBJECT_TYPE_IS(variable, text)            \
  static struct _OBJECT_TYPE type##variable = {text}; \
  static POBJECT_TYPE pointer##variable = &type##variable; \
  POBJECT_TYPE *variable = &pointer##variable;
OBJECT_TYPE_IS(IoFileObjectType, "File")
OBJECT_TYPE_IS(PsThreadType, "Thread")
OBJECT_TYPE_IS(PsProcessType, "Process")
OBJECT_TYPE_IS(ExEventObjectType, "Event")
OBJECT_TYPE_IS(ExSemaphoreObjectType, "Semaphore")
OBJECT_TYPE_IS(SeTokenObjectType, "Token")
OBJECT_TYPE_IS(IoDriverObjectType, "Driver")
OBJECT_TYPE_IS(IoDeviceObjectType, "Device")
static SE_EXPORTS exports;
PSE_EXPORTS SeExports = &exports;
const NPIID NPI_WSK_INTERFACE_ID = {0x2227e803, 0x8d8b, 0x11d4, {0xab, 0xad, 0x00, 0x90, 0x27, 0x71, 0x9e, 0x09}};
const IN_ADDR in4addr_any = {{{0, 0, 0, 0}}};
const IN_ADDR in4addr_loopback = {{{127, 0, 0, 1}}};
const IN_ADDR in4addr_broadcast = {{{255, 255, 255, 255}}};
const IN6_ADDR in6addr_any = IN6ADDR_ANY_INIT;
const IN6_ADDR in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

#define SDDL(name, text) const UNICODE_STRING name = {sizeof(text) - sizeof(WCHAR), sizeof(text), (PWCH)text}
SDDL(SDDL_DEVOBJ_KERNEL_ONLY, L"D:P");
SDDL(SDDL_DEVOBJ_SYS_ALL, L"D:P(A;;GA;;;SY)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_ALL, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R, L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
