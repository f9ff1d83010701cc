// Scalar types of the kernel. LONG and ULONG are 4 bytes in both layouts.
#pragma once
#include <openwsk/compiler.h>
#include <basetsd.h>

#ifndef VOID
#define VOID void
#endif
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID, *PCVOID;
typedef void *HANDLE, **PHANDLE;
#define DECLARE_HANDLE(name) typedef struct name##__ { int unused; } *name
typedef char CHAR, *PCHAR, *LPCH, *PCH, CCHAR, *PCCHAR, *PSZ, *PNZCH;
typedef const char *LPCCH, *PCCH, *PCSZ, *PCNZCH;
typedef CHAR *NPSTR, *LPSTR, *PSTR, **PZPSTR;
typedef const CHAR *LPCSTR, *PCSTR;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE, CSHARP_BYTE;
typedef const UCHAR *PCUCHAR;
typedef short SHORT, *PSHORT, CSHORT;
typedef unsigned short USHORT, *PUSHORT, WORD, *PWORD, *LPWORD;
typedef int INT, *PINT, *LPINT;
typedef unsigned int UINT, *PUINT, *LPUINT;
typedef long LONG, *PLONG, CLONG;
typedef unsigned long ULONG, *PULONG, DWORD, *PDWORD, *LPDWORD, LCID, *PLCID;
typedef const ULONG *PCULONG;
typedef const USHORT *PCUSHORT;
typedef USHORT LANGID, *PLANGID;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;
typedef __int64 LONGLONG, *PLONGLONG;
typedef unsigned __int64 ULONGLONG, *PULONGLONG, DWORDLONG, *PDWORDLONG;
typedef LONGLONG USN;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef wchar_t WCHAR, *PWCHAR, *LPWCH, *PWCH, *LPWSTR, *PWSTR, *NWPSTR, **PZPWSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR, *PCUWSTR, *PCNZWCH, *PCZZWSTR;
typedef WCHAR *PZZWSTR, *PUWSTR, TCHAR, *PTCHAR, *PTSTR, *LPTSTR;
typedef const WCHAR *LPCTSTR, *PCTSTR;
typedef LONG NTSTATUS, *PNTSTATUS;
typedef const NTSTATUS *PCNTSTATUS;
typedef LONG HRESULT;
typedef UCHAR KIRQL, *PKIRQL;
typedef ULONG ACCESS_MASK, *PACCESS_MASK;
typedef ULONG LOGICAL, *PLOGICAL, CLONG_UNSIGNED;
typedef LONG KPRIORITY;
typedef CCHAR KPROCESSOR_MODE;
typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;
typedef double DATE;
typedef LONGLONG *PQUAD_PTR;
typedef BOOLEAN SECURITY_CONTEXT_TRACKING_MODE, *PSECURITY_CONTEXT_TRACKING_MODE;
typedef PVOID PSECURITY_DESCRIPTOR, PSID;
typedef ULONG SECURITY_INFORMATION, *PSECURITY_INFORMATION;
typedef HANDLE HINSTANCE, HMODULE;
typedef struct _QUAD {
  union {
    __int64 UseThisFieldToCopy;
    double DoNotUseThisField;
  };
} QUAD, *PQUAD, UQUAD, *PUQUAD;

#ifndef NULL
#ifdef __cplusplus
#define NULL 0
#else
#define NULL ((void *)0)
#endif
#endif
#define NULL64 0
#define FALSE 0
#define TRUE 1
#define MINCHAR 0x80
#define MAXCHAR 0x7f
#define MINSHORT 0x8000
#define MAXSHORT 0x7fff
#define MINLONG 0x80000000
#define MAXLONG 0x7fffffff
#define MAXUCHAR 0xff
#define MAXUSHORT 0xffff
#define MAXULONG 0xffffffff
#define MAXDWORD 0xffffffff
#define MAXWORD 0xffff
#define MAXBYTE 0xff
#define ANSI_NULL ((CHAR)0)
#define UNICODE_NULL ((WCHAR)0)
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS (32767)
#define ANYSIZE_ARRAY 1

typedef union _LARGE_INTEGER {
  struct {
    ULONG LowPart;
    LONG HighPart;
  };
  struct {
    ULONG LowPart;
    LONG HighPart;
  } u;
  LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;
typedef union _ULARGE_INTEGER {
  struct {
    ULONG LowPart;
    ULONG HighPart;
  };
  struct {
    ULONG LowPart;
    ULONG HighPart;
  } u;
  ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;
typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;
typedef struct _LUID {
  ULONG LowPart;
  LONG HighPart;
} LUID, *PLUID;
typedef struct _PROCESSOR_NUMBER {
  USHORT Group;
  UCHAR Number;
  UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;
typedef struct _GROUP_AFFINITY {
  KAFFINITY Mask;
  USHORT Group;
  USHORT Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;
typedef struct _M128A {
  ULONGLONG Low;
  LONGLONG High;
} M128A, *PM128A;

#define NT_SUCCESS(s) (((NTSTATUS)(s)) >= 0)
#define NT_INFORMATION(s) ((((ULONG)(s)) >> 30) == 1)
#define NT_WARNING(s) ((((ULONG)(s)) >> 30) == 2)
#define NT_ERROR(s) ((((ULONG)(s)) >> 30) == 3)
