/* What cpnsAead.c takes of the Moddable SDK's ChaCha20, for tests on machines without the SDK. */
#include <stdint.h>

#define CHACHA_NSTATE 16

typedef struct {
	uint32_t state[CHACHA_NSTATE];
	uint8_t pad[CHACHA_NSTATE * sizeof(uint32_t)];
	uint32_t npad;
} chacha_ctx;

extern int chacha_keysetup(chacha_ctx *x, const uint8_t *k, uint32_t kbytes);
extern void chacha_ivsetup(chacha_ctx *x, const uint8_t *iv, uint32_t ivSize, uint64_t counter);
extern void chacha_process(const void *in, void *out, uint32_t nbytes, chacha_ctx *x);
