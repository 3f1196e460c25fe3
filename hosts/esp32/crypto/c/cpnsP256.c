/*
 * P-256 for chips of 32 bits: 8 limbs, Montgomery form with R = 2^256, complete formulas of Renes, Costello and Batina
 * ("Complete addition formulas for prime order elliptic curves", 2016, algorithms 4 and 6 for a = -3), which have no
 * exceptional cases, and a fixed window of 4 bits. The stack holds everything, about 2 KB; nothing is allocated.
 */
#include "cpnsP256.h"

#include <string.h>

#include "cpnsWipe.h"

#define LIMBS 8

typedef struct {
	uint32_t l[LIMBS];
} element;

/* Homogeneous: x = X/Z, y = Y/Z; the identity is (0 : 1 : 0). */
typedef struct {
	element x, y, z;
} point;

/* What a computation leaves behind, in one place so that it can be wiped. */
typedef struct {
	element t0, t1, t2, t3, t4;
	point in, sum;
} scratch;

static const uint32_t prime[LIMBS] = {
	0xffffffff, 0xffffffff, 0xffffffff, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0xffffffff
};
static const uint32_t order[LIMBS] = {
	0xfc632551, 0xf3b9cac2, 0xa7179e84, 0xbce6faad, 0xffffffff, 0xffffffff, 0x00000000, 0xffffffff
};
/* R mod p and R^2 mod p. */
static const element one = {
	{ 0x00000001, 0x00000000, 0x00000000, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffffffe, 0x00000000 }
};
static const element square_of_r = {
	{ 0x00000003, 0x00000000, 0xffffffff, 0xfffffffb, 0xfffffffe, 0xffffffff, 0xfffffffd, 0x00000004 }
};
/* The curve's b in Montgomery form. */
static const element b = {
	{ 0x29c4bddf, 0xd89cdf62, 0x78843090, 0xacf005cd, 0xf7212ed6, 0xe5a220ab, 0x04874834, 0xdc30061d }
};
/* p - 2, by which Fermat inverts. */
static const uint32_t inversion[LIMBS] = {
	0xfffffffd, 0xffffffff, 0xffffffff, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0xffffffff
};
/* (p + 1) / 4, which takes a square root, as p = 3 mod 4. */
static const uint32_t rooting[LIMBS] = {
	0x00000000, 0x00000000, 0x40000000, 0x00000000, 0x00000000, 0x40000000, 0xc0000000, 0x3fffffff
};

/* out = a - m and the borrow. */
static uint32_t subtract_limbs(uint32_t out[LIMBS], const uint32_t a[LIMBS], const uint32_t m[LIMBS])
{
	int64_t carry = 0;
	int i;
	for (i = 0; i < LIMBS; i++) {
		carry += (int64_t)a[i] - m[i];
		out[i] = (uint32_t)carry;
		carry >>= 32;
	}
	return (uint32_t)-carry;
}

/* All ones when the value is not 0. */
static uint32_t mask_of(uint32_t value)
{
	return (uint32_t)0 - ((value | ((uint32_t)0 - value)) >> 31);
}

static void choose(element *out, const uint32_t a[LIMBS], const uint32_t otherwise[LIMBS], uint32_t mask)
{
	int i;
	for (i = 0; i < LIMBS; i++)
		out->l[i] = (a[i] & mask) | (otherwise[i] & ~mask);
}

/* The value high·2^256 + a, which is below 2p, mod p. */
static void reduce_once(element *out, const uint32_t a[LIMBS], uint32_t high)
{
	uint32_t less[LIMBS];
	uint32_t borrow = subtract_limbs(less, a, prime);
	choose(out, less, a, mask_of(high | (borrow ^ 1)));
}

static void add(element *out, const element *a, const element *c)
{
	uint32_t sum[LIMBS];
	uint64_t carry = 0;
	int i;
	for (i = 0; i < LIMBS; i++) {
		carry += (uint64_t)a->l[i] + c->l[i];
		sum[i] = (uint32_t)carry;
		carry >>= 32;
	}
	reduce_once(out, sum, (uint32_t)carry);
}

static void subtract(element *out, const element *a, const element *c)
{
	uint32_t difference[LIMBS];
	uint32_t mask = mask_of(subtract_limbs(difference, a->l, c->l));
	uint64_t carry = 0;
	int i;
	for (i = 0; i < LIMBS; i++) {
		carry += (uint64_t)difference[i] + (prime[i] & mask);
		out->l[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

/*
 * out = a·c / 2^256 mod p. -1/p mod 2^32 is 1, so each row is cleared by adding t[0]·p, and p = 2^256 - 2^224 + 2^192 +
 * 2^96 - 1 makes of that product five additions.
 */
static void multiply(element *out, const element *a, const element *c)
{
	uint32_t t[LIMBS + 2] = { 0 };
	int i, j;
	for (i = 0; i < LIMBS; i++) {
		uint64_t carry = 0;
		int64_t chain;
		uint32_t m;
		for (j = 0; j < LIMBS; j++) {
			carry += (uint64_t)a->l[i] * c->l[j] + t[j];
			t[j] = (uint32_t)carry;
			carry >>= 32;
		}
		carry += t[LIMBS];
		t[LIMBS] = (uint32_t)carry;
		t[LIMBS + 1] = (uint32_t)(carry >> 32);

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
	reduce_once(out, t, t[LIMBS]);
}

/* out = base^exponent; the exponent is public. `out` and `base` are different. */
static void power(element *out, const element *base, const uint32_t exponent[LIMBS])
{
	int bit;
	*out = one;
	for (bit = 255; bit >= 0; bit--) {
		multiply(out, out, out);
		if ((exponent[bit >> 5] >> (bit & 31)) & 1)
			multiply(out, out, base);
	}
}

/* 1 when a is not 0. */
static uint32_t nonzero(const uint32_t a[LIMBS])
{
	uint32_t any = 0;
	int i;
	for (i = 0; i < LIMBS; i++)
		any |= a[i];
	return mask_of(any) & 1;
}

static void load(uint32_t out[LIMBS], const uint8_t octets[32])
{
	int i;
	for (i = 0; i < LIMBS; i++) {
		const uint8_t *at = octets + 28 - 4 * i;
		out[i] = ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
	}
}

/* To Montgomery form. 1 when the octets were below p. */
static uint32_t decode(element *out, const uint8_t octets[32])
{
	element raw, less;
	uint32_t below;
	load(raw.l, octets);
	below = subtract_limbs(less.l, raw.l, prime);
	multiply(out, &raw, &square_of_r);
	return below;
}

static void encode(uint8_t octets[32], const element *a)
{
	static const element unit = { { 1 } };
	element plain;
	int i;
	multiply(&plain, a, &unit);
	for (i = 0; i < 32; i++)
		octets[31 - i] = (uint8_t)(plain.l[i >> 2] >> (8 * (i & 3)));
}

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
	good &= decode(&out->x, octets + 1);
	good &= decode(&out->y, octets + 33);
	out->z = one;
	multiply(&s->t0, &out->y, &out->y);
	right_side(&s->t1, &out->x, &s->t2);
	subtract(&s->t0, &s->t0, &s->t1);
	return good & (nonzero(s->t0.l) ^ 1);
}

/* 1 unless p is the identity. */
static uint32_t encode_point(uint8_t octets[65], const point *p, scratch *s)
{
	if (!nonzero(p->z.l))
		return 0;
	power(&s->t0, &p->z, inversion);
	octets[0] = 4;
	multiply(&s->t1, &p->x, &s->t0);
	encode(octets + 1, &s->t1);
	multiply(&s->t1, &p->y, &s->t0);
	encode(octets + 33, &s->t1);
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
		uint32_t mask = ~mask_of(i ^ wanted);
		int j;
		for (j = 0; j < LIMBS; j++) {
			out->x.l[j] |= table[i].x.l[j] & mask;
			out->y.l[j] |= table[i].y.l[j] & mask;
			out->z.l[j] |= table[i].z.l[j] & mask;
		}
	}
}

static uint32_t is_scalar(const uint8_t octets[32], scratch *s)
{
	load(s->t0.l, octets);
	return nonzero(s->t0.l) & subtract_limbs(s->t1.l, s->t0.l, order);
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
	w->table[0].y = one;
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
	if ((compressed[0] & 0xfe) != 2 || !decode(&x, compressed + 1))
		return CPNS_P256_POINT;
	right_side(&square, &x, &t);
	power(&y, &square, rooting);
	multiply(&t, &y, &y);
	subtract(&t, &t, &square);
	if (nonzero(t.l))
		return CPNS_P256_POINT;
	encode(octets, &y);
	if ((octets[31] ^ compressed[0]) & 1) {
		memset(&t, 0, sizeof(t));
		subtract(&y, &t, &y);
		encode(octets, &y);
	}
	out[0] = 4;
	memmove(out + 1, compressed + 1, 32);
	memcpy(out + 33, octets, 32);
	return CPNS_P256_OK;
}
