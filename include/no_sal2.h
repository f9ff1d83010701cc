// Annotations: all of them are in sal.h.
#pragma once
#include <sal.h>
