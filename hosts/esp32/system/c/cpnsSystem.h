#ifndef CPNS_SYSTEM_H
#define CPNS_SYSTEM_H

/* The numbers of ../system.ts. */
enum {
	CPNS_RESET_ORDINARY = 0,
	CPNS_RESET_ABORT = 1,
	CPNS_RESET_PANIC = 2,
	CPNS_RESET_WATCHDOG = 3,
	CPNS_RESET_POWER = 4,
};

/* Whether a restart that comes now is one that the firmware wanted; it is not told as a crash. */
void cpnsPlanRestart(int wanted);

#endif
