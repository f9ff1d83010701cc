// time_t and struct tm. Drivers read the clock with KeQuerySystemTime.
#pragma once
#include <stddef.h>
typedef long long time_t, __time64_t;
struct tm {
  int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};
