// The in-flight recorder of WPP: its calls compile to nothing.
#pragma once
#include <evntrace.h>
#define WPP_RECORDER_INIT(...) ((void)0)
#define RECORDER_CONFIGURE_PARAMS_INIT(p) ((void)(p))
#define WppRecorderConfigure(...) ((void)0)
#define WppRecorderIsDefaultLogAvailable() FALSE
