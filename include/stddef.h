// The C library's basic types, with Microsoft's 2-byte wchar_t (-fshort-wchar).
#pragma once
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __SIZE_TYPE__ rsize_t;
typedef int errno_t;
#ifndef __cplusplus
typedef unsigned short wchar_t;
#else
namespace std {
typedef decltype(nullptr) nullptr_t;
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
}  // namespace std
using std::nullptr_t;
#endif
typedef unsigned short wint_t;
typedef unsigned short wctype_t;
#ifndef NULL
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#endif
#ifdef offsetof
#undef offsetof
#endif
#define offsetof(type, field) __builtin_offsetof(type, field)
