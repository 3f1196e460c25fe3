/*
 * P-256 for chips of 32 bits: the complete formulas of Renes, Costello and Batina ("Complete addition formulas for prime
 * order elliptic curves", 2016, algorithms 4 and 6 for a = -3), which have no exceptional cases, and a fixed window of 4
 * bits. The stack holds everything, about 2 KB; nothing is allocated.
 */
#include "cpnsP256.h"

#include <string.h>

#include "cpnsField.h"
#include "cpnsWipe.h"

typedef cpns_element element;

#define add cpns_field_add
#define subtract cpns_field_subtract
#define multiply cpns_field_multiply

/* Homogeneous: x = X/Z, y = Y/Z; the identity is (0 : 1 : 0). */
typedef struct {
	element x, y, z;
} point;

/* What a computation leaves behind, in one place so that it can be wiped. */
typedef struct {
	element t0, t1, t2, t3, t4;
	point in, sum;
} scratch;

static const uint32_t order[CPNS_LIMBS] = {
	0xfc632551, 0xf3b9cac2, 0xa7179e84, 0xbce6faad, 0xffffffff, 0xffffffff, 0x00000000, 0xffffffff
};

/* The curve's b in Montgomery form. */
static const element b = {
	{ 0x29c4bddf, 0xd89cdf62, 0x78843090, 0xacf005cd, 0xf7212ed6, 0xe5a220ab, 0x04874834, 0xdc30061d }
};
/* p - 2, by which Fermat inverts. */
static const uint32_t inversion[CPNS_LIMBS] = {
	0xfffffffd, 0xffffffff, 0xffffffff, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0xffffffff
};
/* (p + 1) / 4, which takes a square root, as p = 3 mod 4. */
static const uint32_t rooting[CPNS_LIMBS] = {
	0x00000000, 0x00000000, 0x40000000, 0x00000000, 0x00000000, 0x40000000, 0xc0000000, 0x3fffffff
};

/* out = x^3 - 3x + b */
static void right_side(element *out, const element *x, element *t)
{
	multiply(out, x, x);
	multiply(out, out, x);
	add(t, x, x);
	add(t, t, x);
	subtract(out, out, t);
	add(out, out, &b);
}

/* 1 when the octets are a point of the curve. */
static uint32_t decode_point(point *out, const uint8_t octets[65], scratch *s)
{
	uint32_t good = octets[0] == 4;
	good &= cpns_field_decode(&out->x, octets + 1);
	good &= cpns_field_decode(&out->y, octets + 33);
	out->z = cpns_one;
	multiply(&s->t0, &out->y, &out->y);
	right_side(&s->t1, &out->x, &s->t2);
	subtract(&s->t0, &s->t0, &s->t1);
	return good & (cpns_limbs_any(s->t0.l) ^ 1);
}

/* 1 unless p is the identity. */
static uint32_t encode_point(uint8_t octets[65], const point *p, scratch *s)
{
	if (!cpns_limbs_any(p->z.l))
		return 0;
	cpns_field_power(&s->t0, &p->z, inversion);
	octets[0] = 4;
	multiply(&s->t1, &p->x, &s->t0);
	cpns_field_encode(octets + 1, &s->t1);
	multiply(&s->t1, &p->y, &s->t0);
	cpns_field_encode(octets + 33, &s->t1);
	return 1;
}

/* Algorithm 4; out may be p or q. */
static void add_points(point *out, const point *p, const point *q, scratch *s)
{
	element *t0 = &s->t0, *t1 = &s->t1, *t2 = &s->t2, *t3 = &s->t3, *t4 = &s->t4;
	element *x = &s->sum.x, *y = &s->sum.y, *z = &s->sum.z;

	multiply(t0, &p->x, &q->x);
	multiply(t1, &p->y, &q->y);
	multiply(t2, &p->z, &q->z);
	add(t3, &p->x, &p->y);
	add(t4, &q->x, &q->y);
	multiply(t3, t3, t4);
	add(t4, t0, t1);
	subtract(t3, t3, t4);
	add(t4, &p->y, &p->z);
	add(x, &q->y, &q->z);
	multiply(t4, t4, x);
	add(x, t1, t2);
	subtract(t4, t4, x);
	add(x, &p->x, &p->z);
	add(y, &q->x, &q->z);
	multiply(x, x, y);
	add(y, t0, t2);
	subtract(y, x, y);
	multiply(z, &b, t2);
	subtract(x, y, z);
	add(z, x, x);
	add(x, x, z);
	subtract(z, t1, x);
	add(x, t1, x);
	multiply(y, &b, y);
	add(t1, t2, t2);
	add(t2, t1, t2);
	subtract(y, y, t2);
	subtract(y, y, t0);
	add(t1, y, y);
	add(y, t1, y);
	add(t1, t0, t0);
	add(t0, t1, t0);
	subtract(t0, t0, t2);
	multiply(t1, t4, y);
	multiply(t2, t0, y);
	multiply(y, x, z);
	add(y, y, t2);
	multiply(x, t3, x);
	subtract(x, x, t1);
	multiply(z, t4, z);
	multiply(t1, t3, t0);
	add(z, z, t1);
	*out = s->sum;
}

/* Algorithm 6; out may be p. */
static void double_point(point *out, const point *p, scratch *s)
{
	element *t0 = &s->t0, *t1 = &s->t1, *t2 = &s->t2, *t3 = &s->t3;
	element *x = &s->sum.x, *y = &s->sum.y, *z = &s->sum.z;

	multiply(t0, &p->x, &p->x);
	multiply(t1, &p->y, &p->y);
	multiply(t2, &p->z, &p->z);
	multiply(t3, &p->x, &p->y);
	add(t3, t3, t3);
	multiply(z, &p->x, &p->z);
	add(z, z, z);
	multiply(y, &b, t2);
	subtract(y, y, z);
	add(x, y, y);
	add(y, x, y);
	subtract(x, t1, y);
	add(y, t1, y);
	multiply(y, x, y);
	multiply(x, x, t3);
	add(t3, t2, t2);
	add(t2, t2, t3);
	multiply(z, &b, z);
	subtract(z, z, t2);
	subtract(z, z, t0);
	add(t3, z, z);
	add(z, z, t3);
	add(t3, t0, t0);
	add(t0, t3, t0);
	subtract(t0, t0, t2);
	multiply(t0, t0, z);
	add(y, y, t0);
	multiply(t0, &p->y, &p->z);
	add(t0, t0, t0);
	multiply(z, t0, z);
	subtract(x, x, z);
	multiply(z, t0, t1);
	add(z, z, z);
	add(z, z, z);
	*out = s->sum;
}

/* Reads every entry, so that the cache does not tell which was wanted. */
static void pick(point *out, const point table[16], uint32_t wanted)
{
	uint32_t i;
	memset(out, 0, sizeof(*out));
	for (i = 0; i < 16; i++) {
		uint32_t mask = ~cpns_mask(i ^ wanted);
		int j;
		for (j = 0; j < CPNS_LIMBS; j++) {
			out->x.l[j] |= table[i].x.l[j] & mask;
			out->y.l[j] |= table[i].y.l[j] & mask;
			out->z.l[j] |= table[i].z.l[j] & mask;
		}
	}
}

static uint32_t is_scalar(const uint8_t octets[32], scratch *s)
{
	cpns_limbs_load(s->t0.l, octets);
	return cpns_limbs_any(s->t0.l) & cpns_limbs_subtract(s->t1.l, s->t0.l, order);
}

typedef struct {
	scratch s;
	point table[16];
	point sum, entry;
} multiplication;

static void multiply_point(multiplication *w, const uint8_t scalar[32])
{
	int i;
	memset(&w->table[0], 0, sizeof(w->table[0]));
	w->table[0].y = cpns_one;
	w->table[1] = w->s.in;
	for (i = 2; i < 16; i++)
		add_points(&w->table[i], &w->table[i - 1], &w->table[1], &w->s);
	w->sum = w->table[0];
	for (i = 0; i < 64; i++) {
		uint32_t digit = (scalar[i >> 1] >> (i & 1 ? 0 : 4)) & 15;
		int doubling;
		for (doubling = 0; doubling < 4; doubling++)
			double_point(&w->sum, &w->sum, &w->s);
		pick(&w->entry, w->table, digit);
		add_points(&w->sum, &w->sum, &w->entry, &w->s);
	}
}

cpns_p256_verdict cpns_p256_multiply(uint8_t out[65], const uint8_t scalar[32], const uint8_t octets[65])
{
	multiplication w;
	cpns_p256_verdict verdict = CPNS_P256_OK;
	if (!is_scalar(scalar, &w.s))
		verdict = CPNS_P256_SCALAR;
	else if (!decode_point(&w.s.in, octets, &w.s))
		verdict = CPNS_P256_POINT;
	else {
		multiply_point(&w, scalar);
		if (!encode_point(out, &w.sum, &w.s))
			verdict = CPNS_P256_POINT;
	}
	cpns_wipe(&w, sizeof(w));
	cpns_wipe_stack();
	return verdict;
}

cpns_p256_verdict cpns_p256_add(uint8_t out[65], const uint8_t octets[65], const uint8_t other[65])
{
	scratch s;
	point p;
	cpns_p256_verdict verdict = CPNS_P256_POINT;
	if (decode_point(&p, octets, &s) & decode_point(&s.in, other, &s)) {
		add_points(&p, &p, &s.in, &s);
		if (encode_point(out, &p, &s))
			verdict = CPNS_P256_OK;
	}
	cpns_wipe(&s, sizeof(s));
	cpns_wipe(&p, sizeof(p));
	cpns_wipe_stack();
	return verdict;
}

cpns_p256_verdict cpns_p256_decompress(uint8_t out[65], const uint8_t compressed[33])
{
	element x, y, t, square;
	uint8_t octets[32];
	if ((compressed[0] & 0xfe) != 2 || !cpns_field_decode(&x, compressed + 1))
		return CPNS_P256_POINT;
	right_side(&square, &x, &t);
	cpns_field_power(&y, &square, rooting);
	multiply(&t, &y, &y);
	subtract(&t, &t, &square);
	if (cpns_limbs_any(t.l))
		return CPNS_P256_POINT;
	cpns_field_encode(octets, &y);
	if ((octets[31] ^ compressed[0]) & 1) {
		memset(&t, 0, sizeof(t));
		subtract(&y, &t, &y);
		cpns_field_encode(octets, &y);
	}
	out[0] = 4;
	memmove(out + 1, compressed + 1, 32);
	memcpy(out + 33, octets, 32);
	return CPNS_P256_OK;
}

static const uint8_t order_octets[32] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51
};
static const uint8_t generator[33] = {
	0x03, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
	0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96
};

/* out = a + sign * n of 32 octets; the carry, or 1 when it was negative. */
static int with_order(uint8_t out[32], const uint8_t a[32], int sign)
{
	int i, carry = 0;
	for (i = 31; i >= 0; i--) {
		carry += a[i] + sign * order_octets[i];
		out[i] = (uint8_t)carry;
		carry = carry < 0 ? -1 : carry >> 8;
	}
	return carry != 0;
}

/* Whether there is a point with this x, of which s times has the x of `sum`. */
static uint32_t is_x(const uint8_t x[32], const uint8_t s[32], const uint8_t sum[65])
{
	uint8_t compressed[33], at[65];
	compressed[0] = 2;
	memcpy(compressed + 1, x, 32);
	if (cpns_p256_decompress(at, compressed) != CPNS_P256_OK)
		return 0;
	if (cpns_p256_multiply(at, s, at) != CPNS_P256_OK)
		return 0;
	return memcmp(at + 1, sum + 1, 32) == 0;
}

uint32_t cpns_p256_verify(const uint8_t key[33], const uint8_t digest[32], const uint8_t signature[64])
{
	static const uint8_t zeros[32];
	const uint8_t *r = signature, *s = signature + 32;
	uint8_t e[32], x[32], sum[65], part[65];
	if (with_order(e, digest, -1))
		memcpy(e, digest, 32);
	if (cpns_p256_decompress(sum, key) != CPNS_P256_OK || cpns_p256_multiply(sum, r, sum) != CPNS_P256_OK)
		return 0;
	/* A digest that is a multiple of n has no part in it. */
	if (memcmp(e, zeros, 32) != 0) {
		cpns_p256_decompress(part, generator);
		cpns_p256_multiply(part, e, part);
		if (cpns_p256_add(sum, sum, part) != CPNS_P256_OK)
			return 0;
	}
	if (is_x(r, s, sum))
		return 1;
	/* x mod n is r for r + n, too, where that is below p: p - n has less than 16 octets. */
	if (memcmp(r, zeros, 16) != 0)
		return 0;
	with_order(x, r, 1);
	return is_x(x, s, sum);
}
