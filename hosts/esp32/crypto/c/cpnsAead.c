#include "cpnsAead.h"

#include <string.h>

#include "chacha.h"
#include "cpnsCarry.h"
#include "cpnsWipe.h"

#define TAG 16

#define LIMBS 10
#define LIMB_BITS 13
#define LIMB_MASK 0x1fff

/* Limbs of 13 bits, so that products and sums of ten fit in a word (after "poly1305-donna-16"). */
typedef struct {
	uint32_t r[LIMBS];
	uint32_t h[LIMBS];
	uint32_t pad[4];
	uint8_t block[16];
	uint32_t filled;
} poly1305;

static uint32_t load32(const uint8_t *at)
{
	return at[0] | ((uint32_t)at[1] << 8) | ((uint32_t)at[2] << 16) | ((uint32_t)at[3] << 24);
}

static void store32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
	at[3] = (uint8_t)(value >> 24);
}

/* 128 bits in limbs; the highest has 11. */
static void split(uint32_t limbs[LIMBS], const uint8_t octets[16])
{
	int i;
	for (i = 0; i < LIMBS; i++) {
		int bit = i * LIMB_BITS;
		/* A word that reaches past the end starts earlier instead. */
		int at = bit / 8 < 12 ? bit / 8 : 12;
		limbs[i] = (load32(octets + at) >> (bit - 8 * at)) & LIMB_MASK;
	}
}

/* RFC 8439 §2.5: r is the first half of the key, clamped. */
static void poly_start(poly1305 *p, const uint8_t key[32])
{
	static const uint8_t clamp[16] = {
		0xff, 0xff, 0xff, 0x0f, 0xfc, 0xff, 0xff, 0x0f, 0xfc, 0xff, 0xff, 0x0f, 0xfc, 0xff, 0xff, 0x0f
	};
	int i;
	memset(p, 0, sizeof(*p));
	for (i = 0; i < 16; i++)
		p->block[i] = key[i] & clamp[i];
	split(p->r, p->block);
	for (i = 0; i < 4; i++)
		p->pad[i] = load32(key + 16 + 4 * i);
}

/* h = (h + block + 2^128) · r mod 2^130 - 5, partly reduced. */
static void poly_block(poly1305 *p, const uint8_t block[16])
{
	uint32_t limbs[LIMBS], product[LIMBS];
	uint32_t carry = 0;
	const uint32_t *r = p->r;
	uint32_t *h = p->h;
	int i, j;

	split(limbs, block);
	limbs[LIMBS - 1] |= (uint32_t)1 << 11;
	for (i = 0; i < LIMBS; i++)
		h[i] += limbs[i];
	for (i = 0; i < LIMBS; i++) {
		uint32_t sum = carry;
		carry = 0;
		for (j = 0; j < LIMBS; j++) {
			/* 2^130 is 5. */
			sum += h[j] * (j <= i ? r[i - j] : 5 * r[LIMBS + i - j]);
			/* Ten products could be too much for a word: five are not. */
			if (j == LIMBS / 2 - 1 || j == LIMBS - 1) {
				carry += sum >> LIMB_BITS;
				sum &= LIMB_MASK;
			}
		}
		product[i] = sum;
	}
	carry = product[0] + carry * 5;
	h[0] = carry & LIMB_MASK;
	h[1] = product[1] + (carry >> LIMB_BITS);
	for (i = 2; i < LIMBS; i++)
		h[i] = product[i];
	cpns_wipe(limbs, sizeof(limbs));
	cpns_wipe(product, sizeof(product));
}

static void poly_update(poly1305 *p, const uint8_t *octets, uint32_t length)
{
	while (length > 0) {
		uint32_t room = (uint32_t)sizeof(p->block) - p->filled;
		uint32_t some = length < room ? length : room;
		memcpy(p->block + p->filled, octets, some);
		p->filled += some;
		octets += some;
		length -= some;
		if (p->filled == sizeof(p->block)) {
			poly_block(p, p->block);
			p->filled = 0;
		}
	}
}

/* RFC 8439 §2.8: zeros up to 16 octets. */
static void poly_pad(poly1305 *p)
{
	if (p->filled > 0) {
		memset(p->block + p->filled, 0, sizeof(p->block) - p->filled);
		poly_block(p, p->block);
		p->filled = 0;
	}
}

/* h mod 2^130 - 5, with limbs of 13 bits. */
static void poly_reduce(uint32_t h[LIMBS])
{
	uint32_t less[LIMBS];
	uint32_t carry = 0, mask;
	int i, pass;
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < LIMBS; i++) {
			h[i] += carry;
			carry = h[i] >> LIMB_BITS;
			h[i] &= LIMB_MASK;
		}
		carry *= 5;
	}
	h[0] += carry;
	/* h + 5 - 2^130, which is taken when it is not negative. */
	carry = 5;
	for (i = 0; i < LIMBS; i++) {
		less[i] = h[i] + carry;
		carry = less[i] >> LIMB_BITS;
		less[i] &= LIMB_MASK;
	}
	mask = (uint32_t)0 - carry;
	for (i = 0; i < LIMBS; i++)
		h[i] = (less[i] & mask) | (h[i] & ~mask);
	cpns_wipe(less, sizeof(less));
}

static void poly_end(poly1305 *p, uint8_t tag[TAG])
{
	uint32_t carry = 0;
	int i;
	poly_reduce(p->h);
	for (i = 0; i < 4; i++) {
		/* Bits 32·i to 32·i + 31 lie in four limbs, of which the last may be beyond. */
		int from = 32 * i / LIMB_BITS;
		int shift = 32 * i % LIMB_BITS;
		uint32_t word = p->h[from] >> shift;
		int j;
		for (j = 1; LIMB_BITS * j - shift < 32; j++)
			word |= p->h[from + j] << (LIMB_BITS * j - shift);
		store32(tag + 4 * i, cpns_add(word, p->pad[i], &carry));
	}
	cpns_wipe(p, sizeof(*p));
}

static void cipher_start(chacha_ctx *cipher, const uint8_t key[32], const uint8_t nonce[12], uint32_t counter)
{
	/* The SDK's reads words where they stand. */
	uint32_t aligned[11];
	memcpy(aligned, key, 32);
	memcpy(aligned + 8, nonce, 12);
	chacha_keysetup(cipher, (const uint8_t *)aligned, 32);
	chacha_ivsetup(cipher, (const uint8_t *)(aligned + 8), 12, counter);
	cpns_wipe(aligned, sizeof(aligned));
}

/* RFC 8439 §2.6 and §2.8; block 0 of the cipher keys the tag. */
static void tag_of(uint8_t tag[TAG], const uint8_t key[32], const uint8_t nonce[12], cpns_octets ciphertext,
	cpns_octets aad)
{
	static const uint8_t zeros[32];
	chacha_ctx cipher;
	poly1305 poly;
	uint8_t once[32];
	uint8_t lengths[16] = { 0 };

	cipher_start(&cipher, key, nonce, 0);
	chacha_process(zeros, once, sizeof(once), &cipher);
	poly_start(&poly, once);
	poly_update(&poly, aad.octets, aad.length);
	poly_pad(&poly);
	poly_update(&poly, ciphertext.octets, ciphertext.length);
	poly_pad(&poly);
	store32(lengths, aad.length);
	store32(lengths + 8, ciphertext.length);
	poly_update(&poly, lengths, sizeof(lengths));
	poly_end(&poly, tag);
	cpns_wipe(&cipher, sizeof(cipher));
	cpns_wipe(once, sizeof(once));
}

static void encipher(uint8_t *out, const uint8_t key[32], const uint8_t nonce[12], cpns_octets in)
{
	chacha_ctx cipher;
	cipher_start(&cipher, key, nonce, 1);
	chacha_process(in.octets, out, in.length, &cipher);
	cpns_wipe(&cipher, sizeof(cipher));
	cpns_wipe_stack();
}

void cpns_seal(uint8_t *out, const uint8_t key[32], const uint8_t nonce[12], cpns_octets text, cpns_octets aad)
{
	cpns_octets ciphertext = { out, text.length };
	encipher(out, key, nonce, text);
	tag_of(out + text.length, key, nonce, ciphertext, aad);
	cpns_wipe_stack();
}

int cpns_verify(const uint8_t key[32], const uint8_t nonce[12], cpns_octets sealed, cpns_octets aad)
{
	cpns_octets ciphertext = { sealed.octets, sealed.length - TAG };
	uint8_t tag[TAG];
	uint8_t difference = 0;
	int i;
	if (sealed.length < TAG)
		return 0;
	tag_of(tag, key, nonce, ciphertext, aad);
	for (i = 0; i < TAG; i++)
		difference |= (uint8_t)(tag[i] ^ sealed.octets[ciphertext.length + (uint32_t)i]);
	cpns_wipe(tag, sizeof(tag));
	cpns_wipe_stack();
	return difference == 0;
}

void cpns_open(uint8_t *out, const uint8_t key[32], const uint8_t nonce[12], cpns_octets sealed)
{
	cpns_octets ciphertext = { sealed.octets, sealed.length - TAG };
	encipher(out, key, nonce, ciphertext);
}
