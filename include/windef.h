// The Win32 types that kernel sources include by this name.
#pragma once
#include <ntdef.h>
typedef USHORT ATOM;
typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;
typedef INT_PTR(WINAPI *FARPROC)(void);
#define MAX_PATH 260
