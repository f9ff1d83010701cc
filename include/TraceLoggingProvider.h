// TraceLogging: a provider is a name, an event compiles to nothing (its arguments are not evaluated).
#pragma once
#include <ntdef.h>
typedef const struct _tlgProvider_t {
  const char *name;
} *TraceLoggingHProvider;
#define TRACELOGGING_DECLARE_PROVIDER(v) EXTERN_C TraceLoggingHProvider const v
#define TRACELOGGING_DEFINE_PROVIDER(v, name, ...)        \
  static const struct _tlgProvider_t v##Provider = {name}; \
  EXTERN_C TraceLoggingHProvider const v;                  \
  TraceLoggingHProvider const v = &v##Provider
#define TraceLoggingRegister(p) STATUS_SUCCESS
#define TraceLoggingUnregister(p) ((void)0)
#define TraceLoggingProviderEnabled(...) FALSE
#define TraceLoggingWrite(...) ((void)0)
#define TraceLoggingWriteStart(...) ((void)0)
#define TraceLoggingWriteStop(...) ((void)0)
