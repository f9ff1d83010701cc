#pragma once
#include <openwsk/nmr.h>
