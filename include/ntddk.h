// wdm.h and what older drivers expect beyond it.
#pragma once
#include <wdm.h>
#include <openwsk/notify.h>
