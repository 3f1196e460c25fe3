/* The firmware as a program of 32 bits without GLib: a pipe, a clock, and the figures of its machine. */
#include "xsmc.h"
#include "mc.xs.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void xs_bench_tell(xsMachine *the)
{
	void *data;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &data, &length);
	fwrite(data, 1, length, stdout);
	fflush(stdout);
}

void xs_bench_now(xsMachine *the)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	xsmcSetNumber(xsResult, (double)(time.tv_sec % 1000000) * 1e3 + (double)(time.tv_nsec / 1000000));
}
