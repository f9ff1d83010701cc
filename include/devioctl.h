// CTL_CODE, methods, access and device types.
#pragma once
#include <wdm.h>
