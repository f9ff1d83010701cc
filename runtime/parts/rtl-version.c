// The version of Windows that drivers are told: 10.0.22621 (Windows 11 22H2), as NTDDI_VERSION 0x0A00000C says. And what
// the fast-fail intrinsic and the debugger's filter come to.
#include "runtime.h"
#define MAJOR 10
#define MINOR 0
#define BUILD 22621
NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW info) {
  ULONG size = info->dwOSVersionInfoSize == sizeof(RTL_OSVERSIONINFOEXW) ? sizeof(RTL_OSVERSIONINFOEXW) : sizeof(RTL_OSVERSIONINFOW);
  memset(info, 0, size);
  info->dwOSVersionInfoSize = size;
  info->dwMajorVersion = MAJOR;
  info->dwMinorVersion = MINOR;
  info->dwBuildNumber = BUILD;
  info->dwPlatformId = 2; /* VER_PLATFORM_WIN32_NT */
  if (size == sizeof(RTL_OSVERSIONINFOEXW)) ((PRTL_OSVERSIONINFOEXW)info)->wProductType = 1; /* VER_NT_WORKSTATION */
  return STATUS_SUCCESS;
}
BOOLEAN NTAPI PsGetVersion(PULONG major, PULONG minor, PULONG build, PUNICODE_STRING csd) {
  if (major) *major = MAJOR;
  if (minor) *minor = MINOR;
  if (build) *build = BUILD;
  if (csd) csd->Length = 0;
  return FALSE; /* a free build */
}
BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(ULONG Version) { return (BOOLEAN)(Version <= NTDDI_VERSION); }
/* Three bits per field, VER_MINORVERSION (1) the lowest: the condition it is compared with. */
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG mask, ULONG type, UCHAR condition) {
  return type ? mask | (ULONGLONG)(condition & 7) << (3 * __builtin_ctz(type)) : mask;
}
static int holds(ULONG have, ULONG want, ULONG condition) {
  switch (condition) {
    case 1: return have == want;
    case 2: return have > want;
    case 3: return have >= want;
    case 4: return have < want;
    case 5: return have <= want;
    default: return 0;
  }
}
NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW want, ULONG types, ULONGLONG mask) {
  if (types == 0 || mask == 0) return STATUS_INVALID_PARAMETER;
  ULONG condition = (ULONG)(mask >> 3) & 7; /* of the major version; it decides unless that is equal */
  if (types & 2 && want->dwMajorVersion != MAJOR) return holds(MAJOR, want->dwMajorVersion, condition) ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
  if (types & 1 && want->dwMinorVersion != MINOR && !holds(MINOR, want->dwMinorVersion, (ULONG)mask & 7)) return STATUS_REVISION_MISMATCH;
  if (types & 4 && !holds(BUILD, want->dwBuildNumber, (ULONG)(mask >> 6) & 7)) return STATUS_REVISION_MISMATCH;
  return types & 2 && !holds(MAJOR, want->dwMajorVersion, condition) ? STATUS_REVISION_MISMATCH : STATUS_SUCCESS;
}
void OwskFastFail(unsigned int code) { KeBugCheckEx(KERNEL_SECURITY_CHECK_FAILURE, code, 0, 0, 0); }
NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level) {
  (void)ComponentId;
  (void)Level;
  return TRUE;
}
