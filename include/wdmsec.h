// IoCreateDeviceSecure is declared in wdm.h; here are the descriptors drivers pass to it.
#pragma once
#include <wdm.h>
EXTERN_C const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY;
EXTERN_C const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL;
EXTERN_C const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL;
EXTERN_C const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R;
#define WdmlibIoCreateDeviceSecure IoCreateDeviceSecure
