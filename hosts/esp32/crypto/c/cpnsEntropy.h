#ifndef CPNS_ENTROPY_H
#define CPNS_ENTROPY_H

#include <stdint.h>

/*
 * Random octets of the hardware generator under the health tests of NIST SP 800-90B §4.4, one octet a sample:
 * repetition count and adaptive proportion, for an assumed min-entropy of 6 bits an octet and one false alarm in 2^40
 * samples. They run over CPNS_STARTUP octets, which are thrown away, before the first octet is given out (§4.3), and
 * then over each octet that is. One failure is for good: the generator gives nothing until the next boot.
 */

/* 1 + 40 / 6: this many equal octets in a row are a failure. */
#define CPNS_REPETITIONS 8
/* An octet that occurs this often among itself and the 511 that follow it is a failure. */
#define CPNS_PROPORTION 35
#define CPNS_WINDOW 512
#define CPNS_STARTUP 1024

typedef enum {
	CPNS_RANDOM_OK = 0,
	/* The generator's noise comes from the radio, which is off. */
	CPNS_RANDOM_QUIET = 1,
	/* The system did not give any octets. */
	CPNS_RANDOM_ABSENT = 2,
	/* A health test failed, now or earlier. */
	CPNS_RANDOM_UNHEALTHY = 3
} cpns_random_verdict;

/* Fills `out` or says why not. */
typedef cpns_random_verdict (*cpns_random_source)(uint8_t *out, uint32_t length);

/* All zeros at the start. */
typedef struct {
	uint8_t started, failed;
	uint8_t last, reference;
	uint16_t repetitions, matches, seen;
} cpns_health;

/* Fills `out`; when the verdict is not CPNS_RANDOM_OK, with zeros. */
cpns_random_verdict cpns_random_draw(cpns_health *health, cpns_random_source source, uint8_t *out, uint32_t length);

/* This platform's generator. */
cpns_random_verdict cpns_hardware_source(uint8_t *out, uint32_t length);

#endif
