/* What programs see beside the language: print, meter, monotonic, hostSend, collect, keepUnseen, callUnseen. */
#include "host.h"

static void print(txMachine* the)
{
	FILE* out = framed ? stderr : stdout;
	fprintf(out, "%s\n", mxArgc > 0 ? fxToString(the, mxArgv(0)) : "");
	fflush(out);
}

/* Byte codes executed so far. */
static void meter(txMachine* the)
{
	mxResult->kind = XS_NUMBER_KIND;
	mxResult->value.number = meterCount(the);
}

/* Milliseconds since an arbitrary start. */
static void monotonic(txMachine* the)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	mxResult->kind = XS_NUMBER_KIND;
	mxResult->value.number = time.tv_sec * 1000.0 + time.tv_nsec / 1e6;
}

static txInteger integerProperty(txMachine* the, txSlot* object, txID id)
{
	txInteger value;
	mxPushSlot(object);
	mxGetID(id);
	value = fxToInteger(the, the->stack);
	mxPop();
	return value;
}

/* Writes one frame: two octets of length, big endian, and the octets of the given Uint8Array. */
static void hostSend(txMachine* the)
{
	txByte head[2];
	txByte* octets;
	txInteger offset, length;
	if (mxArgc < 1)
		mxTypeError("no octets");
	offset = integerProperty(the, mxArgv(0), mxID(_byteOffset));
	length = integerProperty(the, mxArgv(0), mxID(_byteLength));
	if (length < 0 || length > FRAME_LIMIT)
		mxRangeError("frame of %d octets", length);
	mxPushSlot(mxArgv(0));
	mxGetID(mxID(_buffer));
	octets = fxToArrayBuffer(the, the->stack);
	head[0] = (txByte)(length >> 8);
	head[1] = (txByte)length;
	if (fwrite(head, 1, 2, stdout) != 2 || fwrite(octets + offset, 1, length, stdout) != (size_t)length || fflush(stdout)) {
		fprintf(stderr, "xs: nobody reads the frames\n");
		exit(1);
	}
	mxPop();
}

static void collect(txMachine* the)
{
	fxCollectGarbage(the);
}

/* Functions as the SDK's Bluetooth keeps them: the collector does not see that C has them. */
#define UNSEEN 16
static txSlot* unseen[UNSEEN];
static txInteger unseenCount = 0;

/* Returns a number for callUnseen. */
static void keepUnseen(txMachine* the)
{
	if (mxArgc < 1 || mxArgv(0)->kind != XS_REFERENCE_KIND || unseenCount == UNSEEN)
		mxTypeError("no function, or too many");
	unseen[unseenCount] = mxArgv(0)->value.reference;
	mxResult->kind = XS_INTEGER_KIND;
	mxResult->value.integer = unseenCount++;
}

/* Calls it with a second number; false when it was collected. */
static void callUnseen(txMachine* the)
{
	txInteger at = fxToInteger(the, mxArgv(0));
	txSlot* function = at >= 0 && at < unseenCount ? unseen[at] : NULL;
	mxResult->kind = XS_BOOLEAN_KIND;
	mxResult->value.boolean = function && function->kind == XS_INSTANCE_KIND;
	if (!mxResult->value.boolean)
		return;
	mxPushUndefined();
	mxPushReference(function);
	mxCall();
	mxPushSlot(mxArgv(1));
	mxRunCount(1);
	mxPop();
}

static void define(txMachine* the, txCallback callback, txInteger length, const char* name)
{
	fxNewHostFunction(the, callback, length, XS_NO_ID, XS_NO_ID);
	mxPush(mxGlobal);
	fxSetID(the, fxNewNameC(the, (txString)name));
	mxPop();
}

void defineGlobals(txMachine* the)
{
	define(the, print, 1, "print");
	define(the, meter, 0, "meter");
	define(the, monotonic, 0, "monotonic");
	define(the, hostSend, 1, "hostSend");
	define(the, collect, 0, "collect");
	define(the, keepUnseen, 1, "keepUnseen");
	define(the, callUnseen, 2, "callUnseen");
}

/* "xs: WHY: …" with the stack of an Error, from mxException. */
void printException(txMachine* the, const char* why)
{
	txString text = "";
	mxTry(the) {
		mxPush(mxException);
		if (the->stack->kind == XS_REFERENCE_KIND) {
			mxPush(mxException);
			mxGetID(mxID(_stack));
			if (the->stack->kind != XS_STRING_KIND && the->stack->kind != XS_STRING_X_KIND)
				mxPop();
		}
		text = fxToString(the, the->stack);
	}
	mxCatch(the) {
		text = "(not to be printed)";
	}
	fprintf(stderr, "xs: %s: %s\n", why, text);
}
