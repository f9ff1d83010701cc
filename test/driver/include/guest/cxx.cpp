#include <ntddk.h>
#include <wsk.h>
namespace {
struct Counter {
  int value;
  Counter() : value(41) {}
  virtual int next() { return ++value; }
};
struct Twice : Counter {
  int next() override { return value *= 2; }
};
Twice twice; /* a static constructor */
}  // namespace
extern "C" int testCxx() {
  Counter &counter = twice;
  auto add = [&](int more) { return counter.next() + more; };
  if (add(1) != 83) return __LINE__;
  ULONG u = 1;
  if (InterlockedIncrement(&u) != 2) return __LINE__;
  static_assert(__builtin_offsetof(WSK_PROVIDER_CONNECTION_DISPATCH, Basic.WskCloseSocket) == 4, "Basic is a named member");
  return 0;
}
