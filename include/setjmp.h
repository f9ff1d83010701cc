// setjmp and longjmp, for structured exceptions: needs -fwasm-exceptions -mllvm -wasm-enable-sjlj.
#pragma once
#include <openwsk/begin-c.h>
typedef long long jmp_buf[8];
int setjmp(jmp_buf env) __attribute__((returns_twice));
void longjmp(jmp_buf env, int value) __attribute__((noreturn));
#include <openwsk/end-c.h>
