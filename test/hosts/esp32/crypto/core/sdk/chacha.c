#include "chacha.h"

#include <string.h>

int chacha_keysetup(chacha_ctx *x, const uint8_t *k, uint32_t kbytes)
{
	memcpy(x->state, "expand 32-byte k", 16);
	memcpy(x->state + 4, k, kbytes);
	return 1;
}

void chacha_ivsetup(chacha_ctx *x, const uint8_t *iv, uint32_t ivSize, uint64_t counter)
{
	x->state[12] = (uint32_t)counter;
	memcpy(x->state + 13, iv, ivSize);
	x->npad = 0;
}

static uint32_t turned(uint32_t word, int bits)
{
	return (word << bits) | (word >> (32 - bits));
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = turned(*d ^ *a, 16);
	*c += *d;
	*b = turned(*b ^ *c, 12);
	*a += *b;
	*d = turned(*d ^ *a, 8);
	*c += *d;
	*b = turned(*b ^ *c, 7);
}

static void block(chacha_ctx *x)
{
	uint32_t w[16];
	int i, round;
	memcpy(w, x->state, sizeof(w));
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 4; i++) {
			int slant = round & 1;
			quarter(w + i, w + 4 + ((i + slant) & 3), w + 8 + ((i + 2 * slant) & 3), w + 12 + ((i + 3 * slant) & 3));
		}
	}
	for (i = 0; i < 16; i++)
		w[i] += x->state[i];
	memcpy(x->pad, w, sizeof(w));
	x->state[12]++;
	x->npad = sizeof(x->pad);
}

void chacha_process(const void *in, void *out, uint32_t nbytes, chacha_ctx *x)
{
	const uint8_t *from = in;
	uint8_t *to = out;
	while (nbytes--) {
		if (x->npad == 0)
			block(x);
		*to++ = *from++ ^ x->pad[sizeof(x->pad) - x->npad--];
	}
}
