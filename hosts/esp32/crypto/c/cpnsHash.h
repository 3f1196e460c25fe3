#ifndef CPNS_HASH_H
#define CPNS_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "fips180.h"

/* HMAC, HKDF and PBKDF2 over the SDK's SHA-256 (modules/crypt/digest/kcl). Digests are 32 octets. */

/* The two hashes of an HMAC (RFC 2104), each after its padded key. */
typedef struct {
	struct sha256 inner;
	struct sha256 outer;
} cpns_hmac;

void cpns_hmac_start(cpns_hmac *mac, const uint8_t *key, uint32_t length);
void cpns_hmac_update(cpns_hmac *mac, const uint8_t *octets, uint32_t length);
/* Wipes. */
void cpns_hmac_end(cpns_hmac *mac, uint8_t out[32]);

/* RFC 5869; `length` at most 255 * 32 octets. */
void cpns_hkdf(uint8_t *out, uint32_t length, const uint8_t *salt, uint32_t salt_length, const uint8_t *ikm,
	uint32_t ikm_length, const uint8_t *info, uint32_t info_length);

/*
 * PBKDF2 (RFC 8018) with one block of output. The padded keys are hashed once: an iteration is two blocks of SHA-256
 * and nothing else.
 */
typedef struct {
	/* States after the padded keys. */
	uint32_t inner[SHA256_NUMSTATE];
	uint32_t outer[SHA256_NUMSTATE];
	/* U of the last iteration, followed by the padding of a message of 64 + 32 octets. */
	uint8_t block[SHA256_BLKSIZE];
	uint32_t sum[SHA256_NUMSTATE];
	struct sha256 work;
} cpns_pbkdf2;

/* Does iteration 1. */
void cpns_pbkdf2_start(cpns_pbkdf2 *state, const uint8_t *password, uint32_t password_length, const uint8_t *salt,
	uint32_t salt_length);
void cpns_pbkdf2_iterate(cpns_pbkdf2 *state, uint32_t iterations);
/* Wipes. */
void cpns_pbkdf2_end(cpns_pbkdf2 *state, uint8_t out[32]);

#endif
