#ifndef CPNS_FIELD_H
#define CPNS_FIELD_H

#include <stdint.h>

/*
 * Integers mod p = 2^256 - 2^224 + 2^192 + 2^96 - 1, in 8 limbs of 32 bits, least first, in Montgomery form with R =
 * 2^256 and below p. The time depends on no value but the exponent of a power. Outputs may be inputs, but for powers.
 */

#define CPNS_LIMBS 8

typedef struct {
	uint32_t l[CPNS_LIMBS];
} cpns_element;

/* 1 as an element. */
extern const cpns_element cpns_one;

void cpns_field_add(cpns_element *out, const cpns_element *a, const cpns_element *c);
void cpns_field_subtract(cpns_element *out, const cpns_element *a, const cpns_element *c);
void cpns_field_multiply(cpns_element *out, const cpns_element *a, const cpns_element *c);
/* The exponent is public. `out` and `base` are different. */
void cpns_field_power(cpns_element *out, const cpns_element *base, const uint32_t exponent[CPNS_LIMBS]);
/* From 32 octets, big endian. 1 when they were below p. */
uint32_t cpns_field_decode(cpns_element *out, const uint8_t octets[32]);
void cpns_field_encode(uint8_t octets[32], const cpns_element *a);

/* Of any 8 limbs: 32 octets, big endian, as they are. */
void cpns_limbs_load(uint32_t out[CPNS_LIMBS], const uint8_t octets[32]);
/* out = a - m; 1 when that was negative. */
uint32_t cpns_limbs_subtract(uint32_t out[CPNS_LIMBS], const uint32_t a[CPNS_LIMBS], const uint32_t m[CPNS_LIMBS]);
/* 1 when they are not all 0. */
uint32_t cpns_limbs_any(const uint32_t a[CPNS_LIMBS]);

/* All ones when the value is not 0. */
static inline uint32_t cpns_mask(uint32_t value)
{
	return (uint32_t)0 - ((value | ((uint32_t)0 - value)) >> 31);
}

#endif
