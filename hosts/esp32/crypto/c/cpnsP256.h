#ifndef CPNS_P256_H
#define CPNS_P256_H

#include <stdint.h>

/*
 * P-256 (FIPS 186-4 D.1.2.3). Points are SEC 1 uncompressed, 65 octets; scalars 32 octets, big endian. Each function
 * checks everything it is given. No branch and no address depends on a scalar or on a coordinate, but for the verdict.
 */

typedef enum {
	CPNS_P256_OK = 0,
	/* 0, n or above. */
	CPNS_P256_SCALAR = 1,
	/* Not on the curve, not encoded as SEC 1 says, or the identity, which has no encoding here. */
	CPNS_P256_POINT = 2
} cpns_p256_verdict;

/* k·P. `out` may be the point's own memory; it is written only when the verdict is CPNS_P256_OK. */
cpns_p256_verdict cpns_p256_multiply(uint8_t out[65], const uint8_t scalar[32], const uint8_t point[65]);

/* P + Q, equal or not. */
cpns_p256_verdict cpns_p256_add(uint8_t out[65], const uint8_t point[65], const uint8_t other[65]);

/* The point of a compressed encoding, 0x02 | 0x03 ‖ x. */
cpns_p256_verdict cpns_p256_decompress(uint8_t out[65], const uint8_t compressed[33]);

/*
 * ECDSA with SHA-256 (FIPS 186-5 6.4.2): 1 when the signature, r ‖ s, is one of the digest by the owner of the compressed
 * key. As src/crypto/ecdsa.ts does it, without an inverse mod n. All of it is public.
 */
uint32_t cpns_p256_verify(const uint8_t key[33], const uint8_t digest[32], const uint8_t signature[64]);

#endif
