#ifndef CPNS_WIPE_H
#define CPNS_WIPE_H

#include <stddef.h>
#include <stdint.h>

/* Overwrites with zeros; the compiler can't leave it out. */
static inline void cpns_wipe(void *memory, size_t length)
{
	volatile uint8_t *octets = memory;
	while (length--)
		*octets++ = 0;
}

/*
 * Overwrites the stack below the caller, where functions that have returned left words of keys (a round of SHA-256
 * alone leaves 256 octets). As far as C can promise it.
 */
static __attribute__((noinline, unused)) void cpns_wipe_stack(void)
{
	volatile uint8_t frame[768];
	size_t i;
	for (i = 0; i < sizeof(frame); i++)
		frame[i] = 0;
}

#endif
