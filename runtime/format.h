// The formatter's interface: it writes at most `room` characters, counts them all, and does not terminate.
#pragma once
#include "runtime.h"
#include <stdarg.h>
#include <stdio.h>
typedef struct {
  void *to;
  size_t room; /* characters */
  size_t used; /* characters the whole text has */
  int wide;
} OWSK_SINK;
size_t OwskFormat(OWSK_SINK *sink, const void *format, int wideFormat, va_list args);
