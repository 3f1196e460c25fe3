void *memcpy(void *to, const void *from, unsigned int length);
