// A test function returns 0, or the line of the first check that failed.
#pragma once
#include <ntifs.h>
#define CHECK(e)                 \
  do {                           \
    if (!(e)) return __LINE__;   \
  } while (0)
