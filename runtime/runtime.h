// What the units of the runtime share. The runtime is compiled without memory instrumentation: before touching a range it
// asks the host, so that an overflow through memcpy is found like any other. -DOWSK_NO_KASAN leaves the question out.
#pragma once
#include <wdm.h>
#ifdef OWSK_NO_KASAN
#define OWSK_READ(p, n) ((void)0)
#define OWSK_WRITE(p, n) ((void)0)
#else
EXTERN_C void OwskCheckMemory(const void *address, size_t size, int isWrite);
#define OWSK_READ(p, n) OwskCheckMemory((p), (n), 0)
#define OWSK_WRITE(p, n) OwskCheckMemory((p), (n), 1)
#endif
/* Pool of strings that Rtl functions allocate. */
#define OWSK_STRING_TAG 'grtS'
