// DbgPrint and its kin: at most 512 bytes of text a message, as on Windows, then one call of the host.
#include "format.h"
static ULONG print(const char *prefix, ULONG component, ULONG level, const char *format, va_list args) {
  char text[512];
  size_t n = 0;
  while (prefix[n] && n < sizeof text) text[n] = prefix[n], n++;
  OWSK_SINK sink = {text + n, sizeof text - n, 0, 0};
  n += OwskFormat(&sink, format, 0, args);
  OwskDbgPrint(component, level, text, (ULONG)(n < sizeof text ? n : sizeof text));
  return STATUS_SUCCESS;
}
ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist) { return print("", ComponentId, Level, Format, arglist); }
ULONG NTAPI vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist) {
  return print(Prefix, ComponentId, Level, Format, arglist);
}
#define PRINT(component, level, last)                                 \
  {                                                                   \
    va_list args;                                                     \
    va_start(args, last);                                             \
    ULONG status = print("", component, level, Format, args);         \
    va_end(args);                                                     \
    return status;                                                    \
  }
ULONG DbgPrint(PCSTR Format, ...) PRINT(DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format)
ULONG DbgPrintReturnControlC(PCCH Format, ...) PRINT(DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format)
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...) PRINT(ComponentId, Level, Format)
VOID NTAPI RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber, PSTR MutableMessage) {
  (void)MutableMessage;
  OwskAssertFailed(VoidFailedAssertion, VoidFileName, LineNumber);
}
