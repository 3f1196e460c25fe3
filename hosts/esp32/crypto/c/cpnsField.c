#include "cpnsField.h"

#include "cpnsCarry.h"

/* The SDK compiles for size, which nearly doubles the time of what the curve does 10 000 times. */
#if defined(__GNUC__) && !defined(__clang__)
	#pragma GCC optimize("O3")
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

/* t += a·c */
static void add_row(uint32_t t[CPNS_LIMBS + 2], uint32_t a, const uint32_t c[CPNS_LIMBS])
{
	uint32_t high = 0, carry = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++)
		t[i] = cpns_multiply_add(a, c[i], t[i], &high);
	t[CPNS_LIMBS] = cpns_add(t[CPNS_LIMBS], high, &carry);
	t[CPNS_LIMBS + 1] = carry;
}

/*
 * t = (t + t[0]·p) / 2^32: the lowest word vanishes, as -1/p mod 2^32 is 1. p = 2^256 - 2^224 + 2^192 + 2^96 - 1 makes of
 * the product three additions and a subtraction.
 */
static void shift_row(uint32_t t[CPNS_LIMBS + 2])
{
	uint32_t m = t[0];
	uint32_t carry = 0, borrow = 0;
	t[0] = t[1];
	t[1] = t[2];
	t[2] = cpns_add(t[3], m, &carry);
	t[3] = cpns_add(t[4], 0, &carry);
	t[4] = cpns_add(t[5], 0, &carry);
	t[5] = cpns_add(t[6], m, &carry);
	t[6] = cpns_add(t[7], 0, &carry);
	t[7] = cpns_add(t[8], m, &carry);
	t[8] = t[9] + carry;
	t[6] = cpns_subtract(t[6], m, &borrow);
	t[7] = cpns_subtract(t[7], 0, &borrow);
	t[8] -= borrow;
}

/* out = a·c / 2^256 mod p */
void cpns_field_multiply(cpns_element *out, const cpns_element *a, const cpns_element *c)
{
	uint32_t t[CPNS_LIMBS + 2] = { 0 };
	int i;
	for (i = 0; i < CPNS_LIMBS; i++) {
		add_row(t, a->l[i], c->l);
		shift_row(t);
	}
	reduce_once(out, t, t[CPNS_LIMBS]);
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
