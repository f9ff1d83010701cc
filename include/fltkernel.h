// File system filters are not simulated; networking drivers include this header for ntifs.h alone.
#pragma once
#include <ntifs.h>
#include <ntstrsafe.h>
