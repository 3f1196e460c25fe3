/* What the curve must not do: a sum of 64 bits, of which Xtensa's compiler makes a branch. */
#include <stdint.h>

uint64_t sum(uint64_t a, uint64_t b)
{
	return a + b;
}
