#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define C_NULL NULL
#define c_calloc calloc
#define c_malloc malloc
#define c_free free
#define c_memmove memmove
#define c_strcmp strcmp
#define c_rand rand
#define ICACHE_RODATA_ATTR
typedef void (*modMessageDeliver)(void *the, void *refcon, uint8_t *message, uint16_t messageLength);
int modMessagePostToMachine(void *the, uint8_t *message, uint16_t length, modMessageDeliver cb, void *refcon);
void modDelayMilliseconds(int ms);
