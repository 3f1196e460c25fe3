/*
 * What native.ts calls. Everything is checked here too, whatever TypeScript has checked before. Pointers into buffers
 * of XS hold until XS allocates or a callback of JavaScript runs: so numbers are taken first, the result's buffer is
 * allocated next, pointers are taken last, all of them before the first secret is touched, because taking one may throw.
 */
#include "xsPlatform.h"
#include "xsmc.h"

#include "cpnsAead.h"
#include "cpnsEntropy.h"
#include "cpnsHash.h"
#include "cpnsP256.h"
#include "cpnsWipe.h"

#define LONGEST 0x7fff0000

static cpns_octets octets_of(xsMachine *the, xsIntegerValue index)
{
	void *data = NULL;
	xsUnsignedValue length = 0;
	cpns_octets octets;
	if (index >= xsmcArgc)
		xsTypeError("cpns: too few arguments");
	xsmcGetBufferReadable(xsArg(index), &data, &length);
	if (length > LONGEST)
		xsRangeError("cpns: too many octets");
	octets.octets = data;
	octets.length = length;
	return octets;
}

static const uint8_t *fixed(xsMachine *the, xsIntegerValue index, uint32_t length)
{
	cpns_octets octets = octets_of(the, index);
	if (octets.length != length)
		xsRangeError("cpns: wrong length");
	return octets.octets;
}

/* So that none throws once the computation runs. */
static void check_parts(xsMachine *the, xsIntegerValue from)
{
	xsIntegerValue i;
	for (i = from; i < xsmcArgc; i++)
		octets_of(the, i);
}

static uint8_t *result_of(xsMachine *the, xsIntegerValue length)
{
	xsmcSetArrayBuffer(xsResult, NULL, length);
	return xsmcToArrayBuffer(xsResult);
}

/* (...parts) → 32 octets */
void xs_cpns_sha256(xsMachine *the)
{
	struct sha256 hash;
	uint8_t *out = result_of(the, SHA256_DGSTSIZE);
	xsIntegerValue i;
	check_parts(the, 0);
	sha256_create(&hash);
	for (i = 0; i < xsmcArgc; i++) {
		cpns_octets part = octets_of(the, i);
		if (part.length > 0)
			sha256_update(&hash, part.octets, part.length);
	}
	sha256_fin(&hash, out);
	cpns_wipe(&hash, sizeof(hash));
	cpns_wipe_stack();
}

/* (key, ...parts) → 32 octets */
void xs_cpns_hmac(xsMachine *the)
{
	cpns_hmac mac;
	uint8_t *out = result_of(the, SHA256_DGSTSIZE);
	cpns_octets key = octets_of(the, 0);
	xsIntegerValue i;
	check_parts(the, 1);
	cpns_hmac_start(&mac, key.octets, key.length);
	for (i = 1; i < xsmcArgc; i++) {
		cpns_octets part = octets_of(the, i);
		cpns_hmac_update(&mac, part.octets, part.length);
	}
	cpns_hmac_end(&mac, out);
}

/* (salt, ikm, info, length) → length octets */
void xs_cpns_hkdf(xsMachine *the)
{
	xsIntegerValue length = xsmcArgc > 3 ? xsmcToInteger(xsArg(3)) : 0;
	uint8_t *out;
	cpns_octets salt, ikm, info;
	if (length < 1 || length > 255 * SHA256_DGSTSIZE)
		xsRangeError("cpns: wrong length");
	out = result_of(the, length);
	salt = octets_of(the, 0);
	ikm = octets_of(the, 1);
	info = octets_of(the, 2);
	cpns_hkdf(out, length, salt.octets, salt.length, ikm.octets, ikm.length, info.octets, info.length);
}

/* (key, nonce, plaintext, aad) → ciphertext ‖ tag */
void xs_cpns_seal(xsMachine *the)
{
	uint32_t length = octets_of(the, 2).length;
	uint8_t *out = result_of(the, length + 16);
	const uint8_t *key = fixed(the, 0, 32);
	const uint8_t *nonce = fixed(the, 1, 12);
	cpns_octets text = octets_of(the, 2);
	cpns_octets aad = octets_of(the, 3);
	cpns_seal(out, key, nonce, text, aad);
}

/* (key, nonce, sealed, aad) → plaintext, or undefined when the tag does not hold */
void xs_cpns_open(xsMachine *the)
{
	const uint8_t *key = fixed(the, 0, 32);
	const uint8_t *nonce = fixed(the, 1, 12);
	cpns_octets sealed = octets_of(the, 2);
	cpns_octets aad = octets_of(the, 3);
	uint8_t *out;
	if (!cpns_verify(key, nonce, sealed, aad))
		return;
	out = result_of(the, sealed.length - 16);
	cpns_open(out, fixed(the, 0, 32), fixed(the, 1, 12), octets_of(the, 2));
}

void xs_cpns_derivation_destructor(void *data)
{
	if (data == NULL)
		return;
	cpns_wipe(data, sizeof(cpns_pbkdf2));
	c_free(data);
}

static cpns_pbkdf2 *derivation_of(xsMachine *the)
{
	cpns_pbkdf2 *state = NULL;
	if (xsmcArgc > 0)
		state = xsmcGetHostDataValidate(xsArg(0), (void *)xs_cpns_derivation_destructor);
	if (state == NULL)
		xsTypeError("cpns: no derivation");
	return state;
}

/* (password, salt) → a derivation after its first iteration, outside the memory of XS, which moves and keeps copies */
void xs_cpns_derivation_start(xsMachine *the)
{
	cpns_pbkdf2 *state;
	cpns_octets password, salt;
	xsResult = xsNewHostObject(xs_cpns_derivation_destructor);
	password = octets_of(the, 0);
	salt = octets_of(the, 1);
	state = c_malloc(sizeof(*state));
	if (state == NULL)
		xsUnknownError("cpns: no memory");
	cpns_pbkdf2_start(state, password.octets, password.length, salt.octets, salt.length);
	xsmcSetHostData(xsResult, state);
}

/* (derivation, iterations) */
void xs_cpns_derivation_iterate(xsMachine *the)
{
	xsIntegerValue iterations = xsmcArgc > 1 ? xsmcToInteger(xsArg(1)) : -1;
	cpns_pbkdf2 *state = derivation_of(the);
	if (iterations < 0)
		xsRangeError("cpns: wrong number");
	cpns_pbkdf2_iterate(state, iterations);
}

/* (derivation) → 32 octets */
void xs_cpns_derivation_end(xsMachine *the)
{
	uint8_t *out;
	cpns_pbkdf2 *state = derivation_of(the);
	out = result_of(the, SHA256_DGSTSIZE);
	cpns_pbkdf2_end(state, out);
	xsmcSetHostData(xsArg(0), NULL);
	c_free(state);
}

/* (derivation) */
void xs_cpns_derivation_cancel(xsMachine *the)
{
	cpns_pbkdf2 *state = derivation_of(the);
	xsmcSetHostData(xsArg(0), NULL);
	xs_cpns_derivation_destructor(state);
}

static void give(xsMachine *the, cpns_p256_verdict verdict)
{
	if (verdict != CPNS_P256_OK)
		xsmcSetInteger(xsResult, verdict);
}

/* (scalar, point) → point, or a cpns_p256_verdict */
void xs_cpns_p256_multiply(xsMachine *the)
{
	uint8_t *out = result_of(the, 65);
	const uint8_t *scalar = fixed(the, 0, 32);
	const uint8_t *point = fixed(the, 1, 65);
	give(the, cpns_p256_multiply(out, scalar, point));
}

/* (point, point) → point, or a cpns_p256_verdict */
void xs_cpns_p256_add(xsMachine *the)
{
	uint8_t *out = result_of(the, 65);
	const uint8_t *point = fixed(the, 0, 65);
	const uint8_t *other = fixed(the, 1, 65);
	give(the, cpns_p256_add(out, point, other));
}

/* (compressed) → point, or a cpns_p256_verdict */
void xs_cpns_p256_decompress(xsMachine *the)
{
	uint8_t *out = result_of(the, 65);
	give(the, cpns_p256_decompress(out, fixed(the, 0, 33)));
}

/* (compressed key, digest, r ‖ s) → whether it is a signature */
void xs_cpns_p256_verify(xsMachine *the)
{
	xsmcSetBoolean(xsResult, cpns_p256_verify(fixed(the, 0, 33), fixed(the, 1, 32), fixed(the, 2, 64)));
}

/* The generator is one for the whole chip, and so is its health. */
static cpns_health gHealth;

/* (into) → a cpns_random_verdict */
void xs_cpns_random(xsMachine *the)
{
	void *data = NULL;
	xsUnsignedValue length = 0;
	if (xsmcArgc < 1)
		xsTypeError("cpns: too few arguments");
	xsmcGetBufferWritable(xsArg(0), &data, &length);
	xsmcSetInteger(xsResult, cpns_random_draw(&gHealth, cpns_hardware_source, data, length));
}
