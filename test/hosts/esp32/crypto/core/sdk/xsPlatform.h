/* What the SDK's own SHA-256 and ChaCha20 take of XS. */
#include <stdint.h>
#include <string.h>

#define ICACHE_XS6RO_ATTR
#define c_memcpy memcpy
#define c_read32(POINTER) (*(const uint32_t *)(POINTER))
