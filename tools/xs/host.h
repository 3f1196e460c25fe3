/* The parts of the host: host.c (arguments, loop), modules.c (ES modules from files), memory.c (limits, figures),
 * globals.c (what programs see). */
#ifndef CPNS_XS_HOST
#define CPNS_XS_HOST

#include "xsAll.h"
#include "xsScript.h"

#define FRAME_LIMIT 65535

typedef struct {
	/* Of the run, which begins when all modules are loaded; 0 leaves it roomy. */
	txSize chunkBytes, slotCount, stackCount, keyCount;
} Options;

extern Options options;
/* Frames go over stdin and stdout, so text goes to stderr. */
extern txBoolean framed;

/* modules.c */
extern txSize byteCodeSize;
extern txSize libraryCodeSize;
void addModuleRoot(const char* folder);
void addModuleName(const char* nameAndPath);
void setTwins(const char* ofAndFolder);

/* memory.c */
txMachine* createMachine(void);
void startRun(txMachine* the);
double meterCount(txMachine* the);
void report(txMachine* the);

/* globals.c */
void defineGlobals(txMachine* the);
void printException(txMachine* the, const char* why);

#endif
