/*
 * For valgrind: keys are marked as undefined memory, so that each branch and each address that depends on one is
 * reported. Verdicts are public. With "leaky" it does what must be reported, to show that it would be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

/* To reach the multiplication apart from its verdicts. */
#include "cpnsP256.c"

#include "cpnsAead.h"
#include "cpnsHash.h"

static uint8_t secret[65];

static void hide(void *memory, size_t length)
{
	VALGRIND_MAKE_MEM_UNDEFINED(memory, length);
}

static void reveal(void *memory, size_t length)
{
	VALGRIND_MAKE_MEM_DEFINED(memory, length);
}

static void curve(void)
{
	static multiplication w;
	element inverse;
	point sum;
	static const uint8_t base[33] = {
		3, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
		0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96
	};
	uint8_t g[65];
	if (cpns_p256_decompress(g, base) != CPNS_P256_OK || !decode_point(&w.s.in, g, &w.s))
		exit(3);
	hide(secret, 32);
	/* A secret point too: what is multiplied in SPAKE2+ hides behind the password. */
	hide(&w.s.in, sizeof(w.s.in));
	multiply_point(&w, secret);
	add_points(&sum, &w.sum, &w.sum, &w.s);
	cpns_field_power(&inverse, &sum.z, inversion);
	cpns_field_encode(g, &inverse);
	(void)is_scalar(secret, &w.s);
	reveal(&w, sizeof(w));
	reveal(g, sizeof(g));
}

static void hashes(void)
{
	cpns_hmac mac;
	cpns_pbkdf2 derivation;
	uint8_t out[100];
	hide(secret, sizeof(secret));
	cpns_hmac_start(&mac, secret, 32);
	cpns_hmac_update(&mac, secret, 50);
	cpns_hmac_end(&mac, out);
	cpns_hmac_start(&mac, secret, 65);
	cpns_hmac_end(&mac, out);
	cpns_hkdf(out, sizeof(out), secret, 20, secret, 32, secret, 7);
	cpns_pbkdf2_start(&derivation, secret, 12, secret, 16);
	cpns_pbkdf2_iterate(&derivation, 3);
	cpns_pbkdf2_end(&derivation, out);
	reveal(out, sizeof(out));
}

static void sealing(void)
{
	uint8_t key[32] = { 1 }, nonce[12] = { 2 }, text[50] = { 3 }, sealed[66], opened[50];
	cpns_octets plain = { text, sizeof(text) }, aad = { nonce, sizeof(nonce) }, whole = { sealed, sizeof(sealed) };
	int good;
	hide(key, sizeof(key));
	hide(text, sizeof(text));
	cpns_seal(sealed, key, nonce, plain, aad);
	good = cpns_verify(key, nonce, whole, aad);
	reveal(&good, sizeof(good));
	if (!good)
		exit(3);
	cpns_open(opened, key, nonce, whole);
}

int main(int argc, char *argv[])
{
	if (argc > 1 && strcmp(argv[1], "leaky") == 0) {
		hide(secret, sizeof(secret));
		return secret[0] == 1;
	}
	curve();
	hashes();
	sealing();
	return 0;
}
