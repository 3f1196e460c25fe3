#include "cpnsField.h"

#include "cpnsCarry.h"

/*
 * The SDK compiles for size, which nearly doubles the time of what the curve does 10 000 times. What would put the sums of
 * several columns beside each other is off: they do not fit into registers.
 */
#if defined(__GNUC__) && !defined(__clang__)
	#pragma GCC optimize("O3", "no-schedule-insns", "no-tree-reassoc", "no-tree-ter")
	#define CPNS_UNROLL _Pragma("GCC unroll 16")
#else
	#define CPNS_UNROLL
#endif

static const uint32_t prime[CPNS_LIMBS] = {
	0xffffffff, 0xffffffff, 0xffffffff, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0xffffffff
};
/* R mod p and R^2 mod p. */
const cpns_element cpns_one = {
	{ 0x00000001, 0x00000000, 0x00000000, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffffffe, 0x00000000 }
};
static const cpns_element square_of_r = {
	{ 0x00000003, 0x00000000, 0xffffffff, 0xfffffffb, 0xfffffffe, 0xffffffff, 0xfffffffd, 0x00000004 }
};

uint32_t cpns_limbs_subtract(uint32_t out[CPNS_LIMBS], const uint32_t a[CPNS_LIMBS], const uint32_t m[CPNS_LIMBS])
{
	uint32_t borrow = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++)
		out[i] = cpns_subtract(a[i], m[i], &borrow);
	return borrow;
}

static void choose(cpns_element *out, const uint32_t a[CPNS_LIMBS], const uint32_t otherwise[CPNS_LIMBS], uint32_t mask)
{
	int i;
	for (i = 0; i < CPNS_LIMBS; i++)
		out->l[i] = (a[i] & mask) | (otherwise[i] & ~mask);
}

/* The value high·2^256 + a, which is below 2p, mod p. */
static void reduce_once(cpns_element *out, const uint32_t a[CPNS_LIMBS], uint32_t high)
{
	uint32_t less[CPNS_LIMBS];
	uint32_t borrow = cpns_limbs_subtract(less, a, prime);
	choose(out, less, a, cpns_mask(high | (borrow ^ 1)));
}

void cpns_field_add(cpns_element *out, const cpns_element *a, const cpns_element *c)
{
	uint32_t sum[CPNS_LIMBS];
	uint32_t carry = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++)
		sum[i] = cpns_add(a->l[i], c->l[i], &carry);
	reduce_once(out, sum, carry);
}

void cpns_field_subtract(cpns_element *out, const cpns_element *a, const cpns_element *c)
{
	uint32_t difference[CPNS_LIMBS];
	uint32_t mask = cpns_mask(cpns_limbs_subtract(difference, a->l, c->l));
	uint32_t carry = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++)
		out->l[i] = cpns_add(difference[i], prime[i] & mask, &carry);
}

/* The products of weight k in a·c: their lower words, and the upper ones, which are of the next column. */
static void take_products(cpns_column *at, cpns_column *next, const cpns_element *a, const cpns_element *c, int k)
{
	int i;
	CPNS_UNROLL
	for (i = k < CPNS_LIMBS ? 0 : k - CPNS_LIMBS + 1; i <= k && i < CPNS_LIMBS; i++) {
		uint64_t product = (uint64_t)a->l[i] * c->l[k - i];
		cpns_take(at, (uint32_t)product);
		cpns_take(next, (uint32_t)(product >> 32));
	}
}

/*
 * What the multiples m[j]·p·2^32j add to column k. p = 2^256 - 2^224 + 2^192 + 2^96 - 1 puts m[j] on columns j + 3, j + 6
 * and j + 8, and subtracts it from j + 7, and from j, whose word vanishes by that. -m is ~m + 1 - 2^32: each 1 that is
 * added to a column is subtracted from the next for the m before, but for the first and the last.
 */
static void take_multiples(cpns_column *at, const uint32_t m[CPNS_LIMBS], int k)
{
	if (k >= 3 && k < CPNS_LIMBS + 3)
		cpns_take(at, m[k - 3]);
	if (k >= 6 && k < CPNS_LIMBS + 6)
		cpns_take(at, m[k - 6]);
	if (k == 7)
		cpns_take(at, 1);
	if (k >= 7 && k < CPNS_LIMBS + 7)
		cpns_take(at, ~m[k - 7]);
	if (k >= 8)
		cpns_take(at, m[k - 8]);
}

/* out = a·c / 2^256 mod p, a column of 32 bits at a time: -1/p mod 2^32 is 1, so each of the lower eight is its own m. */
void cpns_field_multiply(cpns_element *out, const cpns_element *a, const cpns_element *c)
{
	uint32_t m[CPNS_LIMBS], t[CPNS_LIMBS];
	cpns_column at = { 0, 0 }, next = { 0, 0 };
	uint32_t borrow = 0;
	int k;
	CPNS_UNROLL
	for (k = 0; k < 2 * CPNS_LIMBS; k++) {
		take_products(&at, &next, a, c, k);
		take_multiples(&at, m, k);
		if (k < CPNS_LIMBS)
			m[k] = cpns_give(&at, &next);
		else
			t[k - CPNS_LIMBS] = cpns_give(&at, &next);
	}
	t[CPNS_LIMBS - 1] = cpns_subtract(t[CPNS_LIMBS - 1], 1, &borrow);
	reduce_once(out, t, at.sum - borrow);
}

void cpns_field_power(cpns_element *out, const cpns_element *base, const uint32_t exponent[CPNS_LIMBS])
{
	int bit;
	*out = cpns_one;
	for (bit = 255; bit >= 0; bit--) {
		cpns_field_multiply(out, out, out);
		if ((exponent[bit >> 5] >> (bit & 31)) & 1)
			cpns_field_multiply(out, out, base);
	}
}

uint32_t cpns_limbs_any(const uint32_t a[CPNS_LIMBS])
{
	uint32_t any = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++)
		any |= a[i];
	return cpns_mask(any) & 1;
}

void cpns_limbs_load(uint32_t out[CPNS_LIMBS], const uint8_t octets[32])
{
	int i;
	for (i = 0; i < CPNS_LIMBS; i++) {
		const uint8_t *at = octets + 28 - 4 * i;
		out[i] = ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
	}
}

uint32_t cpns_field_decode(cpns_element *out, const uint8_t octets[32])
{
	cpns_element raw, less;
	uint32_t below;
	cpns_limbs_load(raw.l, octets);
	below = cpns_limbs_subtract(less.l, raw.l, prime);
	cpns_field_multiply(out, &raw, &square_of_r);
	return below;
}

void cpns_field_encode(uint8_t octets[32], const cpns_element *a)
{
	static const cpns_element unit = { { 1 } };
	cpns_element plain;
	int i;
	cpns_field_multiply(&plain, a, &unit);
	for (i = 0; i < 32; i++)
		octets[31 - i] = (uint8_t)(plain.l[i >> 2] >> (8 * (i & 3)));
}
