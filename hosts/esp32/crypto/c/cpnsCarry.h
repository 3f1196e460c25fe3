#ifndef CPNS_CARRY_H
#define CPNS_CARRY_H

#include <stdint.h>

/*
 * Sums of words with carry. Where there is a carry flag, or a comparison gives 0 or 1 (RISC-V), compilers make no branch
 * of sums of 64 bits. On Xtensa, which has neither, they do, and its time would tell of keys: there the carry is the
 * majority of the highest bits. Tests define CPNS_NO_CARRY_FLAG to have it so on other machines.
 */

/*
 * The sum of less than 2^16 words: what a word holds of it, and what tells of the rest, `over`. That is how often it went
 * round or, where carries cost more, the sum of the upper halves: with it the upper half of `sum` says how often.
 */
typedef struct {
	uint32_t sum, over;
} cpns_column;

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

static inline void cpns_take(cpns_column *column, uint32_t word)
{
	column->sum += word;
	column->over += word >> 16;
}

/* The column's lowest word. The rest is added to the next column, which becomes this one. */
static inline uint32_t cpns_give(cpns_column *column, cpns_column *next)
{
	uint32_t low = column->sum;
	/* Upper halves alone are too little by what the lower halves carried, which is less than 2^16. */
	uint32_t rest = (column->over + (((low >> 16) - column->over) & 0xffff)) >> 16;
	column->sum = next->sum + rest;
	column->over = next->over;
	next->sum = 0;
	next->over = 0;
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

static inline void cpns_take(cpns_column *column, uint32_t word)
{
	column->sum += word;
	column->over += column->sum < word;
}

static inline uint32_t cpns_give(cpns_column *column, cpns_column *next)
{
	uint32_t low = column->sum, rest = column->over;
	*column = *next;
	cpns_take(column, rest);
	next->sum = 0;
	next->over = 0;
	return low;
}

#endif

#endif
