/* What cpnsHash.c takes of the Moddable SDK's SHA-256, for tests on machines without the SDK. */
#include <stdint.h>

#define SHA256_NUMSTATE 8
#define SHA256_DGSTSIZE 32
#define SHA256_BLKSIZE 64

struct sha256 {
	uint64_t len;
	uint32_t state[SHA256_NUMSTATE];
	uint8_t buf[SHA256_BLKSIZE];
};

extern void sha256_create(struct sha256 *s);
extern void sha256_update(struct sha256 *s, const void *data, uint32_t size);
extern void sha256_fin(struct sha256 *s, uint8_t *dgst);
