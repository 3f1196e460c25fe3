#include "fips180.h"

#include <string.h>

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static uint32_t turned(uint32_t word, int bits)
{
	return (word >> bits) | (word << (32 - bits));
}

static void block(struct sha256 *s, const uint8_t *at)
{
	uint32_t w[64], v[8];
	int i;
	for (i = 0; i < 16; i++, at += 4)
		w[i] = ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
	for (; i < 64; i++) {
		uint32_t a = w[i - 15], c = w[i - 2];
		w[i] = w[i - 16] + w[i - 7] + (turned(a, 7) ^ turned(a, 18) ^ (a >> 3)) +
			(turned(c, 17) ^ turned(c, 19) ^ (c >> 10));
	}
	memcpy(v, s->state, sizeof(v));
	for (i = 0; i < 64; i++) {
		uint32_t t = v[7] + (turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)) +
			((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[i] + w[i];
		uint32_t u = (turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)) +
			((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t;
		v[0] = t + u;
	}
	for (i = 0; i < 8; i++)
		s->state[i] += v[i];
}

void sha256_create(struct sha256 *s)
{
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
	};
	s->len = 0;
	memcpy(s->state, start, sizeof(start));
}

void sha256_update(struct sha256 *s, const void *data, uint32_t size)
{
	const uint8_t *octets = data;
	while (size--) {
		s->buf[s->len++ % SHA256_BLKSIZE] = *octets++;
		if (s->len % SHA256_BLKSIZE == 0)
			block(s, s->buf);
	}
}

void sha256_fin(struct sha256 *s, uint8_t *dgst)
{
	uint64_t bits = s->len * 8;
	uint8_t octet = 0x80;
	int i;
	do {
		sha256_update(s, &octet, 1);
		octet = 0;
	} while (s->len % SHA256_BLKSIZE != SHA256_BLKSIZE - 8);
	for (i = 56; i >= 0; i -= 8) {
		octet = (uint8_t)(bits >> i);
		sha256_update(s, &octet, 1);
	}
	for (i = 0; i < 32; i++)
		dgst[i] = (uint8_t)(s->state[i >> 2] >> (24 - 8 * (i & 3)));
}
