// After this header DEFINE_GUID defines. It may be included again and again, before guiddef.h or after.
#ifndef INITGUID
#define INITGUID
#endif
#include <guiddef.h>
#undef DEFINE_GUID
#define DEFINE_GUID OWSK_DEFINE_GUID
