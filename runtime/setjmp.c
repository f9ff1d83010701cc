// What the compiler's setjmp and longjmp call (-fwasm-exceptions -mllvm -wasm-enable-sjlj, clang 19 and later). This unit is
// built with -fwasm-exceptions but without -wasm-enable-sjlj. Each buffer remembers the activation of the function that
// called setjmp and which of its setjmp calls it was; the exception carries the buffer and the value.
#include "runtime.h"
#ifndef OWSK_NO_SEH
typedef struct {
  void *activation;
  unsigned label;
  struct {
    void *env;
    int value;
  } argument;
} WASM_JMP_BUF;
_Static_assert(sizeof(WASM_JMP_BUF) <= sizeof(jmp_buf), "jmp_buf is too small");

/* The tag of the exception that longjmp throws; it carries one pointer. */
__asm__(".globl __c_longjmp\n.tagtype __c_longjmp i32\n__c_longjmp:\n");

void __wasm_setjmp(void *env, unsigned label, void *activation) {
  WASM_JMP_BUF *b = env;
  b->activation = activation;
  b->label = label;
}
unsigned __wasm_setjmp_test(void *env, void *activation) {
  WASM_JMP_BUF *b = env;
  return b->activation == activation ? b->label : 0;
}
void __wasm_longjmp(void *env, int value) {
  WASM_JMP_BUF *b = env;
  b->argument.env = env;
  b->argument.value = value ? value : 1;
  __builtin_wasm_throw(1, &b->argument);
}
#endif
