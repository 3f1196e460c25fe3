/*
 * The device's C without XS, for libFuzzer with the sanitizers for memory and undefined behaviour: octets in, and
 * promises that hold whatever they are. Everything lies in blocks of exactly its length.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpnsAead.h"
#include "cpnsEntropy.h"
#include "cpnsHash.h"
#include "cpnsP256.h"

static const uint8_t *input;
static size_t left;

static void promise(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* The next octets of the input in a block of their own, zeros where it has ended. */
static uint8_t *take(uint32_t length)
{
	uint8_t *block = calloc(1, length > 0 ? length : 1);
	uint32_t there = left < length ? (uint32_t)left : length;
	if (block == NULL)
		abort();
	memcpy(block, input, there);
	input += there;
	left -= there;
	return block;
}

static uint32_t below(uint32_t limit)
{
	uint8_t *two = take(2);
	uint32_t value = (uint32_t)(two[0] << 8 | two[1]) % limit;
	free(two);
	return value;
}

static void aead(void)
{
	uint32_t length = below(300), more = below(80), bit = below(8), tag = below(2), place = below(0xffff);
	uint8_t *key = take(32), *nonce = take(12), *text = take(length), *aad = take(more);
	uint8_t *sealed = malloc(length + 16), *opened = malloc(length > 0 ? length : 1);
	cpns_octets plain = { text, length }, header = { aad, more }, all = { sealed, length + 16 };
	cpns_seal(sealed, key, nonce, plain, header);
	promise(cpns_verify(key, nonce, all, header), "what was sealed does not verify");
	cpns_open(opened, key, nonce, all);
	promise(memcmp(opened, text, length) == 0, "what was sealed opens to something else");
	sealed[tag ? length + place % 16 : place % (length + 16)] ^= (uint8_t)(1u << bit);
	promise(!cpns_verify(key, nonce, all, header), "an altered octet verifies");
	free(key), free(nonce), free(text), free(aad), free(sealed), free(opened);
}

static void hashes(void)
{
	uint32_t length = below(200), other = below(200), out = 1 + below(300), cut = below(length + 1), count = below(20);
	uint8_t *key = take(length), *text = take(other), *made = malloc(out), whole[32], parts[32];
	cpns_hmac mac;
	cpns_pbkdf2 derivation;
	cpns_hmac_start(&mac, text, other);
	cpns_hmac_update(&mac, key, length);
	cpns_hmac_end(&mac, whole);
	cpns_hmac_start(&mac, text, other);
	cpns_hmac_update(&mac, key, cut);
	cpns_hmac_update(&mac, key + cut, length - cut);
	cpns_hmac_end(&mac, parts);
	promise(memcmp(whole, parts, 32) == 0, "an HMAC depends on how its text is cut");
	cpns_hkdf(made, out, key, length, text, other, whole, 32);
	cpns_pbkdf2_start(&derivation, key, length, text, other);
	cpns_pbkdf2_iterate(&derivation, count);
	cpns_pbkdf2_end(&derivation, whole);
	cpns_pbkdf2_start(&derivation, key, length, text, other);
	cpns_pbkdf2_iterate(&derivation, count / 2);
	cpns_pbkdf2_iterate(&derivation, count - count / 2);
	cpns_pbkdf2_end(&derivation, parts);
	promise(memcmp(whole, parts, 32) == 0, "a derivation depends on its steps");
	free(key), free(text), free(made);
}

static void compressed(uint8_t out[33], const uint8_t point[65])
{
	out[0] = (uint8_t)(2 | (point[64] & 1));
	memcpy(out + 1, point + 1, 32);
}

/* What comes of any point: it has an encoding that leads back to it, and can be added to itself. */
static void good(const uint8_t point[65])
{
	uint8_t again[65], twice[65], product[65], *shorter = malloc(33);
	uint8_t two[32] = { 0 };
	two[31] = 2;
	compressed(shorter, point);
	promise(cpns_p256_decompress(again, shorter) == CPNS_P256_OK && memcmp(again, point, 65) == 0,
		"a point is not that of its encoding");
	promise(cpns_p256_add(twice, point, point) == CPNS_P256_OK, "a point cannot be doubled");
	promise(cpns_p256_multiply(product, two, point) == CPNS_P256_OK && memcmp(product, twice, 65) == 0,
		"2P is not P + P");
	free(shorter);
}

static void curve(void)
{
	uint8_t *scalar = take(32), *point = take(65), *other = take(65), *shorter = take(33), out[65];
	shorter[0] = (uint8_t)(2 | (shorter[0] & 3));
	if (cpns_p256_decompress(out, shorter) == CPNS_P256_OK) {
		good(out);
		memcpy(point, out, 65);
	}
	if (cpns_p256_multiply(out, scalar, point) == CPNS_P256_OK) {
		good(out);
		memcpy(other, out, 65);
	}
	if (cpns_p256_add(out, point, other) == CPNS_P256_OK)
		good(out);
	free(scalar), free(point), free(other), free(shorter);
}

static cpns_random_verdict stream(uint8_t *out, uint32_t length)
{
	if (left < length)
		return CPNS_RANDOM_ABSENT;
	memcpy(out, input, length);
	input += length;
	left -= length;
	return CPNS_RANDOM_OK;
}

static void entropy(void)
{
	cpns_health health = { 0 };
	uint32_t i, length = 1 + below(64);
	uint8_t *out = malloc(length);
	int failed = 0;
	for (i = 0; i < 8; i++) {
		cpns_random_verdict verdict = cpns_random_draw(&health, stream, out, length);
		uint32_t at, any = 0;
		for (at = 0; at < length; at++)
			any |= out[at];
		promise(verdict == CPNS_RANDOM_OK || any == 0, "octets are given out with a verdict against them");
		promise(!failed || verdict != CPNS_RANDOM_OK, "a failure is not for good");
		failed |= verdict == CPNS_RANDOM_UNHEALTHY;
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	static void (*const parts[])(void) = { aead, hashes, curve, entropy };
	if (length == 0)
		return 0;
	input = octets + 1;
	left = length - 1;
	parts[octets[0] % 4]();
	return 0;
}
