// assert: a failed one breaks into the debugger, which here is a bug check with file and line.
#pragma once
#include <openwsk/begin-c.h>
void OwskAssertFailed(const char *expression, const char *file, unsigned long line);
#include <openwsk/end-c.h>
#undef assert
#ifdef NDEBUG
#define assert(e) ((void)0)
#else
#define assert(e) ((e) ? (void)0 : OwskAssertFailed(#e, __FILE__, __LINE__))
#endif
#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif
