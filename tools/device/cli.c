/* A program of the Moddable SDK on the command line: runs the module "main" with all that follows from it. */
#include "xsPlatform.h"
#include "xs.h"
#include "mc.xs.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void fxAbort(xsMachine *the, int status)
{
	fprintf(stderr, "xs: %s\n", fxAbortString(status));
	exit(2);
}

void xs_cli_print(xsMachine *the)
{
	printf("%s\n", xsToString(xsArg(0)));
	fflush(stdout);
}

/* Milliseconds since an arbitrary start. */
void xs_cli_monotonic(xsMachine *the)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	xsResult = xsNumber(time.tv_sec * 1e3 + time.tv_nsec / 1e6);
}


/* Promise jobs wait in GLib's queue; test/xs/host.ts's hostTick does what is due and says what is left. */
static void run(xsMachine *the)
{
	for (;;) {
		double wait;
		while (g_main_context_iteration(NULL, FALSE))
			;
		if (!xsTest(xsGet(xsGlobal, xsID("hostTick"))))
			return;
		wait = xsToNumber(xsCall0(xsGlobal, xsID("hostTick")));
		if (wait < 0 && !g_main_context_pending(NULL))
			return;
	}
}

int main(int argc, char *argv[])
{
	int failed = 0;
	xsMachine *machine = fxPrepareMachine(NULL, xsPreparation(), "cpns", NULL, NULL);
	xsBeginHost(machine);
	{
		xsTry {
			xsAwaitImport("main", XS_IMPORT_NAMESPACE);
			run(the);
		}
		xsCatch {
			fprintf(stderr, "xs: %s\n", xsToString(xsException));
			failed = 1;
		}
	}
	xsEndHost(machine);
	xsDeleteMachine(machine);
	return failed;
}
