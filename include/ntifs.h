// ntddk.h for file systems and their like; networking drivers include it for a few process functions.
#pragma once
#include <ntddk.h>
#include <openwsk/process-attach.h>
