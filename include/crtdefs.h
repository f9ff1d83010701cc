#pragma once
#include <stdarg.h>
#include <stddef.h>
