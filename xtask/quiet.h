// Stands before every file of the VST3 wrapper in the bundles: one line of it prints to the standard error whenever a
// host makes the plug-in, whatever the log level, and the output of a host is the host's.
#pragma once
#include <cstdio>
#define fprintf(...) ((void)0)
