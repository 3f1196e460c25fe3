/*
 * The device's C as Frama-C's Eva runs it: each function with any octets, of lengths at every edge of its blocks. Each
 * function here is an entry of its own (formal/properties.yaml).
 */
#include <stdint.h>

#include "__fc_builtin.h"
#include "cpnsAead.h"
#include "cpnsEntropy.h"
#include "cpnsHash.h"
#include "cpnsP256.h"

static uint8_t point[65], other[65], product[65], out[128], text[80], aad[32], key[65], nonce[12];

static void any(uint8_t *at, uint32_t length)
{
	uint32_t i;
	for (i = 0; i < length; i++)
		at[i] = (uint8_t)Frama_C_interval(0, 255);
}

void curve(void)
{
	any(point, sizeof(point));
	any(other, sizeof(other));
	any(key, 32);
	cpns_p256_multiply(product, key, point);
	cpns_p256_add(product, point, other);
	cpns_p256_decompress(product, point);
}

void aead(void)
{
	static const uint32_t lengths[] = { 0, 1, 15, 16, 17, 33 };
	uint32_t i;
	any(key, 32);
	any(nonce, sizeof(nonce));
	any(text, sizeof(text));
	any(aad, sizeof(aad));
	for (i = 0; i < 6; i++) {
		cpns_octets plain = { text, lengths[i] };
		cpns_octets with = { aad, lengths[5 - i] % 32 };
		cpns_octets sealed = { out, lengths[i] + 16 };
		cpns_seal(out, key, nonce, plain, with);
		if (cpns_verify(key, nonce, sealed, with))
			cpns_open(text, key, nonce, sealed);
		sealed.length = lengths[i];
		cpns_verify(key, nonce, sealed, with);
	}
}

void hash(void)
{
	static const uint32_t lengths[] = { 0, 1, 32, 65 };
	cpns_pbkdf2 state;
	uint32_t i;
	any(key, sizeof(key));
	any(text, sizeof(text));
	for (i = 0; i < 4; i++)
		cpns_hkdf(out, lengths[i], text, lengths[i], key, lengths[3 - i], text, lengths[i]);
	cpns_pbkdf2_start(&state, key, 65, text, 16);
	cpns_pbkdf2_iterate(&state, 2);
	cpns_pbkdf2_end(&state, out);
}

static cpns_random_verdict source(uint8_t *at, uint32_t length)
{
	any(at, length);
	return (cpns_random_verdict)Frama_C_interval(0, 3);
}

void entropy(void)
{
	static cpns_health health;
	health.started = (uint8_t)Frama_C_interval(0, 1);
	health.failed = (uint8_t)Frama_C_interval(0, 1);
	health.repetitions = (uint16_t)Frama_C_interval(0, CPNS_REPETITIONS - 1);
	health.matches = (uint16_t)Frama_C_interval(0, CPNS_PROPORTION - 1);
	health.seen = (uint16_t)Frama_C_interval(0, CPNS_WINDOW - 1);
	cpns_random_draw(&health, source, out, 0);
	cpns_random_draw(&health, source, out, 1);
	cpns_random_draw(&health, source, out, 64);
}
