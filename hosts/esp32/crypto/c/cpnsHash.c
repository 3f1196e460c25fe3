#include "cpnsHash.h"

#include <string.h>

#include "cpnsWipe.h"

static void start_pad(struct sha256 *hash, const uint8_t key[SHA256_BLKSIZE], uint8_t pad)
{
	uint8_t padded[SHA256_BLKSIZE];
	int i;
	for (i = 0; i < SHA256_BLKSIZE; i++)
		padded[i] = key[i] ^ pad;
	sha256_create(hash);
	sha256_update(hash, padded, sizeof(padded));
	cpns_wipe(padded, sizeof(padded));
}

void cpns_hmac_start(cpns_hmac *mac, const uint8_t *key, uint32_t length)
{
	uint8_t block[SHA256_BLKSIZE] = { 0 };
	if (length > sizeof(block)) {
		sha256_create(&mac->inner);
		sha256_update(&mac->inner, key, length);
		sha256_fin(&mac->inner, block);
	}
	else if (length > 0)
		memcpy(block, key, length);
	start_pad(&mac->inner, block, 0x36);
	start_pad(&mac->outer, block, 0x5c);
	cpns_wipe(block, sizeof(block));
}

void cpns_hmac_update(cpns_hmac *mac, const uint8_t *octets, uint32_t length)
{
	if (length > 0)
		sha256_update(&mac->inner, octets, length);
}

void cpns_hmac_end(cpns_hmac *mac, uint8_t out[32])
{
	sha256_fin(&mac->inner, out);
	sha256_update(&mac->outer, out, SHA256_DGSTSIZE);
	sha256_fin(&mac->outer, out);
	cpns_wipe(mac, sizeof(*mac));
	cpns_wipe_stack();
}

void cpns_hkdf(uint8_t *out, uint32_t length, const uint8_t *salt, uint32_t salt_length, const uint8_t *ikm,
	uint32_t ikm_length, const uint8_t *info, uint32_t info_length)
{
	cpns_hmac mac;
	uint8_t prk[32], block[32];
	uint8_t counter = 0;

	cpns_hmac_start(&mac, salt, salt_length);
	cpns_hmac_update(&mac, ikm, ikm_length);
	cpns_hmac_end(&mac, prk);
	while (length > 0) {
		uint32_t some = length < sizeof(block) ? length : (uint32_t)sizeof(block);
		cpns_hmac_start(&mac, prk, sizeof(prk));
		if (counter > 0)
			cpns_hmac_update(&mac, block, sizeof(block));
		cpns_hmac_update(&mac, info, info_length);
		counter++;
		cpns_hmac_update(&mac, &counter, 1);
		cpns_hmac_end(&mac, block);
		memcpy(out, block, some);
		out += some;
		length -= some;
	}
	cpns_wipe(prk, sizeof(prk));
	cpns_wipe(block, sizeof(block));
}

/* The state's octets, big endian. */
static void store(uint8_t *out, const uint32_t state[SHA256_NUMSTATE])
{
	int i;
	for (i = 0; i < SHA256_NUMSTATE; i++) {
		*out++ = (uint8_t)(state[i] >> 24);
		*out++ = (uint8_t)(state[i] >> 16);
		*out++ = (uint8_t)(state[i] >> 8);
		*out++ = (uint8_t)state[i];
	}
}

void cpns_pbkdf2_start(cpns_pbkdf2 *state, const uint8_t *password, uint32_t password_length, const uint8_t *salt,
	uint32_t salt_length)
{
	static const uint8_t block_index[4] = { 0, 0, 0, 1 };
	const uint32_t bits = (SHA256_BLKSIZE + SHA256_DGSTSIZE) * 8;
	cpns_hmac mac;

	memset(state, 0, sizeof(*state));
	cpns_hmac_start(&mac, password, password_length);
	memcpy(state->inner, mac.inner.state, sizeof(state->inner));
	memcpy(state->outer, mac.outer.state, sizeof(state->outer));
	cpns_hmac_update(&mac, salt, salt_length);
	cpns_hmac_update(&mac, block_index, sizeof(block_index));
	sha256_fin(&mac.inner, state->block);
	sha256_update(&mac.outer, state->block, SHA256_DGSTSIZE);
	sha256_fin(&mac.outer, state->block);
	memcpy(state->sum, mac.outer.state, sizeof(state->sum));
	cpns_wipe(&mac, sizeof(mac));
	cpns_wipe_stack();

	state->block[SHA256_DGSTSIZE] = 0x80;
	state->block[SHA256_BLKSIZE - 2] = (uint8_t)(bits >> 8);
	state->block[SHA256_BLKSIZE - 1] = (uint8_t)bits;
}

void cpns_pbkdf2_iterate(cpns_pbkdf2 *state, uint32_t iterations)
{
	struct sha256 *work = &state->work;
	int i;
	/* A whole block is hashed where it stands, without a copy and without the padding of sha256_fin. */
	while (iterations--) {
		work->len = 0;
		memcpy(work->state, state->inner, sizeof(work->state));
		sha256_update(work, state->block, SHA256_BLKSIZE);
		store(state->block, work->state);
		memcpy(work->state, state->outer, sizeof(work->state));
		sha256_update(work, state->block, SHA256_BLKSIZE);
		store(state->block, work->state);
		for (i = 0; i < SHA256_NUMSTATE; i++)
			state->sum[i] ^= work->state[i];
	}
	cpns_wipe_stack();
}

void cpns_pbkdf2_end(cpns_pbkdf2 *state, uint8_t out[32])
{
	store(out, state->sum);
	cpns_wipe(state, sizeof(*state));
}
