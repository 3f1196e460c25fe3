#include "cpnsField.h"

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
	int64_t carry = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++) {
		carry += (int64_t)a[i] - m[i];
		out[i] = (uint32_t)carry;
		carry >>= 32;
	}
	return (uint32_t)-carry;
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
	uint64_t carry = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++) {
		carry += (uint64_t)a->l[i] + c->l[i];
		sum[i] = (uint32_t)carry;
		carry >>= 32;
	}
	reduce_once(out, sum, (uint32_t)carry);
}

void cpns_field_subtract(cpns_element *out, const cpns_element *a, const cpns_element *c)
{
	uint32_t difference[CPNS_LIMBS];
	uint32_t mask = cpns_mask(cpns_limbs_subtract(difference, a->l, c->l));
	uint64_t carry = 0;
	int i;
	for (i = 0; i < CPNS_LIMBS; i++) {
		carry += (uint64_t)difference[i] + (prime[i] & mask);
		out->l[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

/*
 * out = a·c / 2^256 mod p. -1/p mod 2^32 is 1, so each row is cleared by adding t[0]·p, and p = 2^256 - 2^224 + 2^192 +
 * 2^96 - 1 makes of that product five additions.
 */
void cpns_field_multiply(cpns_element *out, const cpns_element *a, const cpns_element *c)
{
	uint32_t t[CPNS_LIMBS + 2] = { 0 };
	int i, j;
	for (i = 0; i < CPNS_LIMBS; i++) {
		uint64_t carry = 0;
		int64_t chain;
		uint32_t m;
		for (j = 0; j < CPNS_LIMBS; j++) {
			carry += (uint64_t)a->l[i] * c->l[j] + t[j];
			t[j] = (uint32_t)carry;
			carry >>= 32;
		}
		carry += t[CPNS_LIMBS];
		t[CPNS_LIMBS] = (uint32_t)carry;
		t[CPNS_LIMBS + 1] = (uint32_t)(carry >> 32);

		m = t[0];
		t[0] = t[1];
		t[1] = t[2];
		chain = (int64_t)t[3] + m;
		t[2] = (uint32_t)chain;
		chain = (chain >> 32) + t[4];
		t[3] = (uint32_t)chain;
		chain = (chain >> 32) + t[5];
		t[4] = (uint32_t)chain;
		chain = (chain >> 32) + t[6] + m;
		t[5] = (uint32_t)chain;
		chain = (chain >> 32) + t[7] - m;
		t[6] = (uint32_t)chain;
		chain = (chain >> 32) + t[8] + m;
		t[7] = (uint32_t)chain;
		t[8] = (uint32_t)((chain >> 32) + t[9]);
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
