/* The machine, its limits and its figures.
 *
 * On a device modules are byte code in flash; here they are parsed from source into RAM. So loading is roomy, and when
 * all modules are loaded, what is then in use counts as "modules" and the limits are set around it: the run gets what
 * a device would have beside its preloaded modules. A device's machine holds some hundred slots more, for what
 * modules and built-ins change of themselves. */
#include "host.h"

#define METER_INTERVAL 0x40000000

static const txCreation roomy = {
	.initialChunkSize = 32 * 1024 * 1024,
	.incrementalChunkSize = 8 * 1024 * 1024,
	.initialHeapCount = 256 * 1024,
	.incrementalHeapCount = 64 * 1024,
	.stackCount = 16 * 1024,
	.initialKeyCount = 8192,
	.incrementalKeyCount = 4096,
	.nameModulo = 1993,
	.symbolModulo = 127,
	.parserBufferSize = 256 * 1024,
	.parserTableModulo = 1993,
	.staticSize = 0,
};

/* In use when the run began; 0 before. */
static txSize moduleChunks, moduleSlots;
/* Taken out of use by limitSlots. */
static txSize idleSlots;
static double metered;
/* Slots of built-ins at the top of the stack, which a device's machine shares from flash. */
static txSize sharedStack;

#define PAINT 0xa5
#define UNTOUCHED 32

/* The engine's own count has 32 bits. */
static txBoolean carryMeter(txMachine* the, txU4 count)
{
	metered += count;
	the->meterIndex = 0;
	return 1;
}

/* XS itself notes the stack only where functions end; what host functions push is seen by the paint they destroy. */
static void paintStack(txMachine* the)
{
	memset(the->stackBottom, PAINT, (size_t)((txByte*)the->stack - (txByte*)the->stackBottom));
}

/* Down to the first stretch of whole paint: regular expressions and number formatting borrow the stack's far end. */
static txSize stackPeak(txMachine* the)
{
	const txU1* octet = (const txU1*)the->stackTop;
	const txU1* bottom = (const txU1*)the->stackBottom;
	size_t clean = 0;
	while (octet > bottom && clean < UNTOUCHED * sizeof(txSlot))
		clean = *--octet == PAINT ? clean + 1 : 0;
	return (txSize)(((const txU1*)the->stackTop - octet - clean + sizeof(txSlot) - 1) / sizeof(txSlot)) - sharedStack;
}

txMachine* createMachine(void)
{
	txCreation creation = roomy;
	txMachine* the;
	if (options.keyCount) {
		creation.initialKeyCount = options.keyCount;
		creation.incrementalKeyCount = 0;
	}
	the = fxCreateMachine(&creation, "xs", NULL, XS_NO_ID);
	if (!the)
		return NULL;
	sharedStack = (txSize)(the->stackTop - the->stack) - (mxInstanceInspectorsStackIndex + 1);
	paintStack(the);
	fxBeginMetering(the, carryMeter, METER_INTERVAL);
	return the;
}

double meterCount(txMachine* the)
{
	return metered + the->meterIndex;
}

/* Takes all free slots but `count` out of use: they hang on an instance that is never collected. */
static void limitSlots(txMachine* the, txSize count)
{
	/* A root: slots of the heap itself would not be kept. */
	static txSlot keeper;
	txSlot* instance = fxNewInstance(the);
	txSlot* slot;
	txSize left = 0;
	keeper = *the->stack;
	mxPop();
	fxRemember(the, &keeper);
	idleSlots = 1;
	for (slot = the->freeHeap; slot; slot = slot->next)
		left++;
	for (; left > count; left--) {
		slot = fxNewSlot(the);
		slot->flag = XS_INTERNAL_FLAG;
		slot->kind = XS_UNDEFINED_KIND;
		slot->next = instance->next;
		instance->next = slot;
		idleSlots++;
	}
	the->minimumHeapCount = 0;
}

static void limitChunks(txMachine* the, txSize bytes)
{
	txBlock* block;
	the->minimumChunksSize = 0;
	/* Room in older blocks would come on top. */
	for (block = the->firstBlock->nextBlock; block; block = block->nextBlock)
		block->limit = block->current;
	block = the->firstBlock;
	if (block->limit - block->current > bytes)
		block->limit = block->current + bytes;
}

void startRun(txMachine* the)
{
	/* Twice: the first may let go of what held more. */
	fxCollectGarbage(the);
	fxCollectGarbage(the);
	moduleChunks = the->currentChunksSize;
	moduleSlots = the->currentHeapCount;
	if (options.chunkBytes)
		limitChunks(the, options.chunkBytes);
	if (options.stackCount) {
		txSlot* bottom = the->stackTop - sharedStack - options.stackCount;
		if (bottom > the->stackBottom)
			the->stackBottom = bottom;
	}
	if (options.slotCount)
		limitSlots(the, options.slotCount);
	the->peakChunksSize = the->currentChunksSize;
	the->peakHeapCount = the->currentHeapCount;
	paintStack(the);
}

/* One line: peaks of the run in octets, garbage that was not yet collected included. */
void report(txMachine* the)
{
	const int slot = sizeof(txSlot);
	fprintf(stderr,
		"{\"slots\":%d,\"chunks\":%d,\"stack\":%d,\"meter\":%.0f,\"width\":%d,"
		"\"moduleSlots\":%d,\"moduleChunks\":%d,\"byteCode\":%d,\"libraryCode\":%d,\"collections\":%d}\n",
		(int)(the->peakHeapCount - moduleSlots - idleSlots) * slot, (int)(the->peakChunksSize - moduleChunks),
		(int)stackPeak(the) * slot, meterCount(the), (int)sizeof(void*) * 8,
		(int)moduleSlots * slot, (int)moduleChunks, (int)byteCodeSize, (int)libraryCodeSize, (int)the->garbageCollectionCount);
}
