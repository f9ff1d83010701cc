#pragma once
#include <openwsk/seh.h>
