#ifndef CPNS_CARRY_H
#define CPNS_CARRY_H

#include <stdint.h>

/*
 * Sums of words with carry. Where there is a carry flag, or a comparison gives 0 or 1 (RISC-V), compilers make no branch
 * of sums of 64 bits. On Xtensa, which has neither, they do, and its time would tell of keys: there the carry is the
 * majority of the highest bits. Tests define CPNS_NO_CARRY_FLAG to have it so on other machines.
 */
#if defined(__XTENSA__) || CPNS_NO_CARRY_FLAG

/* a + b + *carry; the carry is 0 or 1, before and after. */
static inline uint32_t cpns_add(uint32_t a, uint32_t b, uint32_t *carry)
{
	uint32_t sum = a + b + *carry;
	*carry = ((a & b) | ((a | b) & ~sum)) >> 31;
	return sum;
}

/* a - b - *borrow; the borrow is 0 or 1, before and after. */
static inline uint32_t cpns_subtract(uint32_t a, uint32_t b, uint32_t *borrow)
{
	uint32_t difference = a - b - *borrow;
	*borrow = ((~a & b) | ((~a | b) & difference)) >> 31;
	return difference;
}

/* The low word of a·b + c + *high, whose high word goes to *high: it is always below 2^64. */
static inline uint32_t cpns_multiply_add(uint32_t a, uint32_t b, uint32_t c, uint32_t *high)
{
	uint64_t product = (uint64_t)a * b;
	uint32_t first = 0, second = 0;
	uint32_t low = cpns_add((uint32_t)product, *high, &first);
	low = cpns_add(low, c, &second);
	*high = (uint32_t)(product >> 32) + first + second;
	return low;
}

#else

static inline uint32_t cpns_add(uint32_t a, uint32_t b, uint32_t *carry)
{
	uint64_t sum = (uint64_t)a + b + *carry;
	*carry = (uint32_t)(sum >> 32);
	return (uint32_t)sum;
}

static inline uint32_t cpns_subtract(uint32_t a, uint32_t b, uint32_t *borrow)
{
	uint64_t difference = (uint64_t)a - b - *borrow;
	*borrow = (uint32_t)(difference >> 63);
	return (uint32_t)difference;
}

static inline uint32_t cpns_multiply_add(uint32_t a, uint32_t b, uint32_t c, uint32_t *high)
{
	uint64_t sum = (uint64_t)a * b + c + *high;
	*high = (uint32_t)(sum >> 32);
	return (uint32_t)sum;
}

#endif

#endif
