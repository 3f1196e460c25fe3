#ifndef CPNS_AEAD_H
#define CPNS_AEAD_H

#include <stdint.h>

/*
 * ChaCha20-Poly1305 (RFC 8439): the SDK's ChaCha20 (modules/crypt/digest/kcl), and Poly1305, which the SDK has not.
 * The time depends on lengths alone.
 */

typedef struct {
	const uint8_t *octets;
	uint32_t length;
} cpns_octets;

/* `out` takes the text's length and 16 octets more, and does not overlap it. */
void cpns_seal(uint8_t *out, const uint8_t key[32], const uint8_t nonce[12], cpns_octets text, cpns_octets aad);

/* 1 when the tag, the last 16 octets of `sealed`, holds. */
int cpns_verify(const uint8_t key[32], const uint8_t nonce[12], cpns_octets sealed, cpns_octets aad);

/* Deciphers what was verified: `out` takes 16 octets less than `sealed` has. */
void cpns_open(uint8_t *out, const uint8_t key[32], const uint8_t nonce[12], cpns_octets sealed);

#endif
