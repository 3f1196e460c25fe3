/* Runs ES modules on XS as a device does: nothing but the language and a few functions (globals.c).
 *
 *   xs32 [--chunk OCTETS] [--slots N] [--stack N] [--key N] [--frames] [--root DIR]… [--map NAME=PATH]… ENTRY.js…
 *
 * The entries are imported one after the other, promise jobs in between. Then hostStart(), when the program has set
 * one, begins the run, to which the limits and the reported peaks belong. Then the loop: its hostTick() does
 * what is due and returns the milliseconds until it wants to be called again (virtual time: at once), negative for
 * never. With --frames, hostReceive(octets) gets each frame of stdin, and the end of stdin ends the program.
 * Exit codes: 0, 1 for an uncaught exception or unhandled rejection, 2 usage, 10 + XS's status for what XS cannot
 * survive (memory, stack, keys). The last line on stderr is always the report. */
#include <poll.h>
#include "host.h"

/* Milliseconds in one poll; the loop comes round again. */
#define LONGEST_WAIT 60000.0

Options options = { 0, 0, 0, 0 };
txBoolean framed = 0;

static void finish(txMachine* the, int code)
{
	fflush(stdout);
	report(the);
	_exit(code);
}

/* The functions on the stack, innermost first; nothing may be allocated any more. */
static void printCallers(txMachine* the)
{
	txSlot* frame;
	for (frame = the->frame; frame; frame = frame->next) {
		txSlot* function = frame + 3;
		txSlot* property;
		txString name = "";
		if (function->kind != XS_REFERENCE_KIND)
			continue;
		for (property = function->value.reference->next; property; property = property->next)
			if (property->ID == mxID(_name) && (property->kind == XS_STRING_KIND || property->kind == XS_STRING_X_KIND))
				name = property->value.string;
		fprintf(stderr, "  at %s\n", *name ? name : "(anonymous)");
	}
}

void fxAbort(txMachine* the, int status)
{
	static const char* const names[] = { "debugger", "memory full", "stack overflow", "fatal check", "dead strip",
		"unhandled exception", "not enough keys", "too much computation", "unhandled rejection" };
	const char* why = status >= 0 && status < 9 ? names[status] : "unknown";
	if (status == XS_UNHANDLED_EXCEPTION_EXIT || status == XS_UNHANDLED_REJECTION_EXIT) {
		printException(the, why);
		finish(the, 1);
	}
	if (status == XS_NOT_ENOUGH_MEMORY_EXIT)
		why = the->freeHeap ? "memory full (chunks)" : "memory full (slots)";
	fprintf(stderr, "xs: %s\n", why);
	printCallers(the);
	finish(the, 10 + status);
}

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

static void drain(txMachine* the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	fxCheckUnhandledRejections(the, 1);
}

static void rejected(txMachine* the)
{
	mxException = *mxArgv(0);
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
}

static void import(txMachine* the, txString path)
{
	char real[C_PATH_MAX];
	if (!realpath(path, real)) {
		fprintf(stderr, "xs: no file %s\n", path);
		exit(2);
	}
	fxBeginHost(the);
	{
		mxTry(the) {
			txSlot* realm = mxProgram.value.reference->next->value.module.realm;
			mxPushStringC(real);
			fxRunImport(the, realm, XS_NO_ID);
			mxDub();
			mxGetID(mxID(_then));
			mxCall();
			mxPushUndefined();
			fxNewHostFunction(the, rejected, 1, XS_NO_ID, XS_NO_ID);
			mxRunCount(2);
			mxPop();
		}
		mxCatch(the) {
			fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
		}
	}
	fxEndHost(the);
	drain(the);
}

/* Calls a global function; false when there is none. The number that it returned is put in `result`. */
static txBoolean callGlobal(txMachine* the, const char* name, const txByte* octets, txInteger length, double* result)
{
	txBoolean found = 0;
	fxBeginHost(the);
	{
		mxTry(the) {
			mxPush(mxGlobal);
			mxDub();
			mxGetID(fxNewNameC(the, (txString)name));
			if (fxIsCallable(the, the->stack)) {
				found = 1;
				mxCall();
				if (octets) {
					mxPush(mxUint8ArrayConstructor);
					mxNew();
					mxPushUndefined();
					fxArrayBuffer(the, the->stack, (void*)octets, length, -1);
					mxRunCount(1);
				}
				mxRunCount(octets ? 1 : 0);
				*result = the->stack->kind == XS_UNDEFINED_KIND ? -1 : fxToNumber(the, the->stack);
			}
		}
		mxCatch(the) {
			fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
		}
	}
	fxEndHost(the);
	drain(the);
	return found;
}

static txBoolean readAll(txByte* into, size_t length)
{
	while (length > 0) {
		ssize_t count = read(STDIN_FILENO, into, length);
		if (count <= 0)
			return 0;
		into += count;
		length -= count;
	}
	return 1;
}

/* False at the end of stdin. */
static txBoolean receiveFrame(txMachine* the)
{
	static txByte frame[FRAME_LIMIT];
	txU1 head[2];
	double ignored;
	txInteger length;
	if (!readAll((txByte*)head, 2))
		return 0;
	length = (head[0] << 8) | head[1];
	if (!readAll(frame, length))
		return 0;
	callGlobal(the, "hostReceive", frame, length, &ignored);
	return 1;
}

static void loop(txMachine* the)
{
	for (;;) {
		double wait = -1;
		struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
		callGlobal(the, "hostTick", NULL, 0, &wait);
		if (!framed) {
			if (wait < 0)
				return;
			continue;
		}
		if (poll(&input, 1, wait < 0 ? -1 : (int)ceil(fmin(wait, LONGEST_WAIT))) > 0 && !receiveFrame(the))
			return;
	}
}

static int parseArguments(int argc, char* argv[])
{
	int i;
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char* name = argv[i];
		const char* value = i + 1 < argc ? argv[i + 1] : NULL;
		if (!strcmp(name, "--frames")) { framed = 1; continue; }
		if (!value)
			return argc;
		if (!strcmp(name, "--chunk")) options.chunkBytes = atoi(value);
		else if (!strcmp(name, "--slots")) options.slotCount = atoi(value);
		else if (!strcmp(name, "--stack")) options.stackCount = atoi(value);
		else if (!strcmp(name, "--key")) options.keyCount = atoi(value);
		else if (!strcmp(name, "--root")) addModuleRoot(value);
		else if (!strcmp(name, "--map")) addModuleName(value);
		else if (!strcmp(name, "--twins")) setTwins(value);
		else return argc;
		i++;
	}
	return i;
}

int main(int argc, char* argv[])
{
	int first = parseArguments(argc, argv);
	txMachine* the;
	double ignored;
	int i;
	if (first >= argc) {
		fprintf(stderr, "usage: xs [--chunk OCTETS] [--slots N] [--stack N] [--key N] [--frames] "
			"[--root DIR] [--map NAME=PATH] ENTRY.js...\n");
		return 2;
	}
	fxInitializeSharedCluster(NULL);
	the = createMachine();
	if (!the) {
		fprintf(stderr, "xs: no machine\n");
		return 2;
	}
	fxBeginHost(the);
	defineGlobals(the);
	fxEndHost(the);
	for (i = first; i < argc; i++)
		import(the, argv[i]);
	startRun(the);
	callGlobal(the, "hostStart", NULL, 0, &ignored);
	loop(the);
	finish(the, 0);
}
