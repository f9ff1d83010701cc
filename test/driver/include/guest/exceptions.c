#include "check.h"
static void deep(int levels) {
  if (levels == 0) ExRaiseStatus(STATUS_INVALID_PARAMETER);
  if (levels > 0) deep(levels - 1);
  DbgPrint("not reached");
}
static int filtered(NTSTATUS raise) {
  int x = 0;
  __try {
    x = 1;
    if (raise) ExRaiseStatus(raise);
    x = 2;
  } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
    return 100 + x; /* a local changed in the body keeps its value */
  }
  return x;
}
static int unwound(int how) {
  int result = 0;
  __try {
    __try {
      for (int i = 0; i < 3; i++) {
        if (how == 1) ExRaiseStatus(STATUS_NO_MEMORY);
        if (how == 2) __leave;
      }
      result += 1;
    } __finally {
      result += AbnormalTermination() ? 20 : 10;
    }
    result += 100;
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    result += 1000;
  }
  return result;
}
static int returns(void) {
  for (int i = 0; i < 1000; i++) {
    __try {
      if (i == 999) return i;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      return -1;
    }
  }
  return 0;
}
int testExceptions(void) {
  NTSTATUS code = 0;
  CHECK(filtered(0) == 2 && filtered(STATUS_ACCESS_VIOLATION) == 101);
  __try {
    filtered(STATUS_NO_MEMORY);
    return __LINE__;
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    code = GetExceptionCode();
  }
  CHECK(code == STATUS_NO_MEMORY);
  CHECK(unwound(0) == 111 && unwound(1) == 1020 && unwound(2) == 110);
  __try {
    deep(5);
  } __except (GetExceptionInformation()->ExceptionRecord->ExceptionCode == STATUS_INVALID_PARAMETER) {
    code = 0;
  }
  CHECK(code == 0 && returns() == 999 && OwskSehTop == NULL);
  __try {
    MmProbeAndLockPages(NULL, KernelMode, IoReadAccess);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    code = GetExceptionCode();
  }
  CHECK(code == STATUS_ACCESS_VIOLATION && OwskSehTop == NULL);
  return 0;
}
int raiseUnhandled(void) {
  ExRaiseStatus(STATUS_NO_MEMORY);
}
