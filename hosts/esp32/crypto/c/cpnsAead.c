#include "cpnsAead.h"

#include <string.h>

#include "chacha.h"
#include "cpnsWipe.h"

#define TAG 16

/* Limbs of 26 bits, so that products and sums of five fit in 64 (after "poly1305-donna-32"). */
typedef struct {
	uint32_t r[5];
	uint32_t h[5];
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

/* RFC 8439 §2.5: r is the first half of the key, clamped. */
static void poly_start(poly1305 *p, const uint8_t key[32])
{
	int i;
	memset(p, 0, sizeof(*p));
	p->r[0] = load32(key) & 0x3ffffff;
	p->r[1] = (load32(key + 3) >> 2) & 0x3ffff03;
	p->r[2] = (load32(key + 6) >> 4) & 0x3ffc0ff;
	p->r[3] = (load32(key + 9) >> 6) & 0x3f03fff;
	p->r[4] = (load32(key + 12) >> 8) & 0x00fffff;
	for (i = 0; i < 4; i++)
		p->pad[i] = load32(key + 16 + 4 * i);
}

/* h = (h + block + 2^128) · r mod 2^130 - 5, partly reduced. */
static void poly_block(poly1305 *p, const uint8_t block[16])
{
	uint64_t d[5], carry;
	uint32_t *h = p->h;
	const uint32_t *r = p->r;
	int i, j;

	h[0] += load32(block) & 0x3ffffff;
	h[1] += (load32(block + 3) >> 2) & 0x3ffffff;
	h[2] += (load32(block + 6) >> 4) & 0x3ffffff;
	h[3] += load32(block + 9) >> 6;
	h[4] += (load32(block + 12) >> 8) | ((uint32_t)1 << 24);
	for (i = 0; i < 5; i++) {
		d[i] = 0;
		for (j = 0; j < 5; j++)
			/* 2^130 is 5. */
			d[i] += (uint64_t)h[j] * (j <= i ? r[i - j] : r[5 + i - j] * 5);
	}
	carry = 0;
	for (i = 0; i < 5; i++) {
		carry += d[i];
		h[i] = (uint32_t)carry & 0x3ffffff;
		carry >>= 26;
	}
	carry = h[0] + carry * 5;
	h[0] = (uint32_t)carry & 0x3ffffff;
	h[1] += (uint32_t)(carry >> 26);
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

static void poly_end(poly1305 *p, uint8_t tag[TAG])
{
	uint32_t *h = p->h;
	uint32_t g[5], carry = 0, mask;
	uint64_t sum = 0;
	int i, pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < 5; i++) {
			h[i] += carry;
			carry = h[i] >> 26;
			h[i] &= 0x3ffffff;
		}
		carry *= 5;
	}
	h[0] += carry;
	/* h - (2^130 - 5), which is taken when it is not negative. */
	carry = 5;
	for (i = 0; i < 5; i++) {
		g[i] = h[i] + carry;
		carry = g[i] >> 26;
		g[i] &= 0x3ffffff;
	}
	mask = (uint32_t)0 - carry;
	for (i = 0; i < 5; i++)
		h[i] = (g[i] & mask) | (h[i] & ~mask);
	for (i = 0; i < 4; i++) {
		uint32_t word = (h[i] >> (6 * i)) | (h[i + 1] << (26 - 6 * i));
		sum += (uint64_t)word + p->pad[i];
		store32(tag + 4 * i, (uint32_t)sum);
		sum >>= 32;
	}
	cpns_wipe(p, sizeof(*p));
	cpns_wipe(g, sizeof(g));
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
