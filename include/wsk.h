// Winsock Kernel: types, functions and tables of the NPI. See spec pages "wsk" of Microsoft's driver reference.
#pragma once
#define _WSK_
#include <wdm.h>
#include <openwsk/nmr.h>
#include <ws2def.h>
#include <ws2ipdef.h>
#include <mswsockdef.h>
#define WSKAPI NTAPI
#include <openwsk/wsk-types.h>
#include <openwsk/wsk-constants.h>
#include <openwsk/wsk-client-functions.h>
#include <openwsk/wsk-provider-functions.h>
#include <openwsk/wsk-dispatch.h>
#include <openwsk/wsk-registration.h>
