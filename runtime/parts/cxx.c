// What C++ drivers need of a runtime: static constructors and destructors. operator new is the driver's own business in the
// kernel (each has its pool tag); a driver that forgets it is told by the missing import's name.
#include "runtime.h"
void *__dso_handle = &__dso_handle;
/* The linker collects constructors in __wasm_call_ctors, which the host calls before DriverEntry. Destructors of static
   objects would run at unload: MSVC's kernel runtime does not run them either, so that they are forgotten. */
int __cxa_atexit(void (*destructor)(void *), void *object, void *module) {
  (void)destructor, (void)object, (void)module;
  return 0;
}
int atexit(void (*routine)(void)) {
  (void)routine;
  return 0;
}
void __cxa_pure_virtual(void) { KeBugCheckEx(0x1e, 0, 0, 0, 0); }
int __cxa_guard_acquire(char *guard) { return *guard == 0; }
void __cxa_guard_release(char *guard) { *guard = 1; }
