// The basic types of the kernel: integers, handles, strings, lists, large integers, object attributes.
#pragma once
#include <openwsk/compiler.h>
#include <stdarg.h>
#include <basetsd.h>
#include <guiddef.h>
#include <openwsk/scalars.h>
#include <openwsk/strings.h>
#include <openwsk/list-types.h>
#include <openwsk/object-attributes.h>
#include <openwsk/macros.h>
