/* Runs the firmware with a board's `creation` until its input ends, then writes the peaks of its machine. */
#include "xsAll.h"
#include "xs.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *xsPreparationAndCreation(txCreation **creation);

/* Most that was in use between two turns. */
static txSize liveSlots, liveChunks;

/* A byte code in the engine's meter, which weighs allocations too. */
#define BYTE_CODE 65536.0

#define PAINT 0xa5
#define UNTOUCHED 32

static int stackPeak(txMachine *the)
{
	const txU1 *octet = (const txU1 *)the->stackTop;
	const txU1 *bottom = (const txU1 *)the->stackBottom;
	size_t clean = 0;
	while (octet > bottom && clean < UNTOUCHED * sizeof(txSlot))
		clean = *--octet == PAINT ? clean + 1 : 0;
	return (int)(((const txU1 *)the->stackTop - octet - clean + sizeof(txSlot) - 1) / sizeof(txSlot));
}

static void report(txMachine *the, const char *end)
{
	fprintf(stderr,
		"{\"end\":\"%s\",\"slots\":%d,\"chunks\":%d,\"stack\":%d,\"slot\":%d,\"slotsNow\":%d,\"chunksNow\":%d,"
		"\"liveSlots\":%d,\"liveChunks\":%d,\"slotsMax\":%d,\"chunksMax\":%d,\"stackMax\":%d,\"collections\":%d,\"meter\":%.0f}\n",
		end, (int)the->peakHeapCount * (int)sizeof(txSlot), (int)the->peakChunksSize,
		stackPeak(the) * (int)sizeof(txSlot), (int)sizeof(txSlot), (int)the->currentHeapCount * (int)sizeof(txSlot),
		(int)the->currentChunksSize, (int)liveSlots * (int)sizeof(txSlot), (int)liveChunks,
		(int)the->maximumHeapCount * (int)sizeof(txSlot), (int)the->maximumChunksSize,
		(int)(the->stackTop - the->stackBottom) * (int)sizeof(txSlot), (int)the->garbageCollectionCount, (double)the->meterIndex / BYTE_CODE);
}

void fxAbort(txMachine *the, int status)
{
	report(the, fxAbortString(status));
	exit(2);
}

static double tick(xsMachine *the, const void *data, int length)
{
	double wait = 0;
	xsBeginHost(the);
	{
		xsVars(2);
		xsVar(0) = length > 0 ? xsArrayBuffer((void *)data, length) : xsUndefined;
		xsVar(1) = xsCall1(xsGlobal, xsID("benchTick"), xsVar(0));
		wait = xsToNumber(xsVar(1));
	}
	xsEndHost(the);
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	return wait;
}

int main(int argc, char *argv[])
{
	txCreation *creation;
	txPreparation *preparation = xsPreparationAndCreation(&creation);
	txMachine *the = fxPrepareMachine(creation, preparation, "cpns", NULL, NULL);
	double wait = 0;
	const char *live = getenv("CPNS_BENCH_LIVE");
	memset(the->stackBottom, PAINT, (size_t)((txByte *)the->stack - (txByte *)the->stackBottom));
	xsBeginHost(the);
	xsAwaitImport(preparation->main, XS_IMPORT_NAMESPACE);
	xsEndHost(the);
	for (;;) {
		static char buffer[512];
		struct pollfd input = { .fd = 0, .events = POLLIN };
		int length = 0;
		if (poll(&input, 1, wait < 1 ? 0 : (int)wait) > 0) {
			length = (int)read(0, buffer, sizeof buffer);
			if (length <= 0)
				break;
		}
		/* What is left from the turn before would be collected when there is need: it is not needed memory. */
		if (live) {
			fxCollectGarbage(the);
			if (the->currentHeapCount > liveSlots)
				liveSlots = the->currentHeapCount;
			if (the->currentChunksSize > liveChunks)
				liveChunks = the->currentChunksSize;
		}
		wait = tick(the, buffer, length);
	}
	if (live)
		fxCollectGarbage(the);
	report(the, "over");
	return 0;
}
