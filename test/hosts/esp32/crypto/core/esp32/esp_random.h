#include <stddef.h>

extern void esp_fill_random(void *buf, size_t len);
