/*
 * The device's C without XS, for tests with gcc's sanitizers: a line in, a line out. A line is the name of a function of
 * native.ts and its arguments: octets in hexadecimal after 'x', a number after '#', a derivation after '@'. The answer
 * is one of these or "undefined". All octets lie in blocks of exactly their length.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpnsAead.h"
#include "cpnsEntropy.h"
#include "cpnsHash.h"
#include "cpnsP256.h"
#include "cpnsWipe.h"

#define ARGUMENTS 16
#define DERIVATIONS 1024

typedef struct {
	cpns_octets octets;
	uint8_t *memory;
	long number;
} argument;

static argument arguments[ARGUMENTS];
static int count;
static cpns_pbkdf2 *derivations[DERIVATIONS];
static cpns_health health;

/* What a test puts in the place of the hardware: octets given out once, then none. */
static int replaying;
static uint8_t *stream_memory;
static cpns_octets stream;

static cpns_random_verdict replay(uint8_t *out, uint32_t length)
{
	if (length > stream.length)
		return CPNS_RANDOM_ABSENT;
	memcpy(out, stream.octets, length);
	stream.octets += length;
	stream.length -= length;
	return CPNS_RANDOM_OK;
}

static void fail(const char *why)
{
	fprintf(stderr, "driver: %s\n", why);
	exit(3);
}

static uint8_t *fresh(uint32_t length)
{
	uint8_t *memory = malloc(length);
	if (memory == NULL && length > 0)
		fail("no memory");
	return memory;
}

static void parse(char *text, argument *to)
{
	uint32_t i;
	memset(to, 0, sizeof(*to));
	to->number = text[0] == 'x' ? -1 : strtol(text + 1, NULL, 10);
	if (text[0] != 'x')
		return;
	to->octets.length = (uint32_t)strlen(text + 1) / 2;
	to->memory = fresh(to->octets.length);
	for (i = 0; i < to->octets.length; i++) {
		unsigned value;
		if (sscanf(text + 1 + 2 * i, "%2x", &value) != 1)
			fail("not hexadecimal");
		to->memory[i] = (uint8_t)value;
	}
	to->octets.octets = to->memory;
}

static void show(FILE *answers, uint8_t *octets, uint32_t length)
{
	uint32_t i;
	fputc('x', answers);
	for (i = 0; i < length; i++)
		fprintf(answers, "%02x", octets[i]);
	fputc('\n', answers);
	free(octets);
}

static cpns_octets octets(int index)
{
	return arguments[index].octets;
}

static const uint8_t *fixed(int index, uint32_t length)
{
	if (octets(index).length != length)
		fail("wrong length");
	return octets(index).octets;
}

static void show_point(FILE *answers, uint8_t *point, cpns_p256_verdict verdict)
{
	if (verdict == CPNS_P256_OK) {
		show(answers, point, 65);
		return;
	}
	fprintf(answers, "#%d\n", verdict);
	free(point);
}

static int hashing(const char *name, FILE *answers)
{
	uint8_t *out;
	int i;
	if (strcmp(name, "sha256") == 0) {
		struct sha256 hash;
		out = fresh(32);
		sha256_create(&hash);
		for (i = 0; i < count; i++)
			sha256_update(&hash, octets(i).octets, octets(i).length);
		sha256_fin(&hash, out);
		show(answers, out, 32);
	}
	else if (strcmp(name, "hmac") == 0) {
		cpns_hmac mac;
		out = fresh(32);
		cpns_hmac_start(&mac, octets(0).octets, octets(0).length);
		for (i = 1; i < count; i++)
			cpns_hmac_update(&mac, octets(i).octets, octets(i).length);
		cpns_hmac_end(&mac, out);
		show(answers, out, 32);
	}
	else if (strcmp(name, "hkdf") == 0) {
		uint32_t length = (uint32_t)arguments[3].number;
		cpns_octets salt = octets(0), ikm = octets(1), info = octets(2);
		out = fresh(length);
		cpns_hkdf(out, length, salt.octets, salt.length, ikm.octets, ikm.length, info.octets, info.length);
		show(answers, out, length);
	}
	else
		return 0;
	return 1;
}

static int sealing(const char *name, FILE *answers)
{
	uint8_t *out;
	if (strcmp(name, "seal") == 0) {
		out = fresh(octets(2).length + 16);
		cpns_seal(out, fixed(0, 32), fixed(1, 12), octets(2), octets(3));
		show(answers, out, octets(2).length + 16);
	}
	else if (strcmp(name, "open") == 0) {
		if (!cpns_verify(fixed(0, 32), fixed(1, 12), octets(2), octets(3))) {
			fputs("undefined\n", answers);
			return 1;
		}
		out = fresh(octets(2).length - 16);
		cpns_open(out, fixed(0, 32), fixed(1, 12), octets(2));
		show(answers, out, octets(2).length - 16);
	}
	else
		return 0;
	return 1;
}

static int deriving(const char *name, FILE *answers)
{
	long index = arguments[0].number;
	if (strcmp(name, "derivation_start") == 0) {
		for (index = 0; index < DERIVATIONS && derivations[index] != NULL; index++)
			;
		if (index == DERIVATIONS)
			fail("too many derivations");
		derivations[index] = malloc(sizeof(cpns_pbkdf2));
		cpns_pbkdf2_start(derivations[index], octets(0).octets, octets(0).length, octets(1).octets, octets(1).length);
		fprintf(answers, "@%ld\n", index);
		return 1;
	}
	if (strncmp(name, "derivation_", 11) != 0)
		return 0;
	if (index < 0 || index >= DERIVATIONS || derivations[index] == NULL)
		fail("no derivation");
	if (strcmp(name, "derivation_iterate") == 0) {
		cpns_pbkdf2_iterate(derivations[index], (uint32_t)arguments[1].number);
		fputs("undefined\n", answers);
		return 1;
	}
	if (strcmp(name, "derivation_end") == 0) {
		uint8_t *out = fresh(32);
		cpns_pbkdf2_end(derivations[index], out);
		show(answers, out, 32);
	}
	else {
		cpns_wipe(derivations[index], sizeof(cpns_pbkdf2));
		fputs("undefined\n", answers);
	}
	free(derivations[index]);
	derivations[index] = NULL;
	return 1;
}

static int on_curve(const char *name, FILE *answers)
{
	uint8_t *out = fresh(65);
	if (strcmp(name, "p256_multiply") == 0)
		show_point(answers, out, cpns_p256_multiply(out, fixed(0, 32), fixed(1, 65)));
	else if (strcmp(name, "p256_add") == 0)
		show_point(answers, out, cpns_p256_add(out, fixed(0, 65), fixed(1, 65)));
	else if (strcmp(name, "p256_decompress") == 0)
		show_point(answers, out, cpns_p256_decompress(out, fixed(0, 33)));
	else {
		free(out);
		return 0;
	}
	return 1;
}

/*
 * `random` answers with the verdict and the octets; `stream` starts the generator anew over the given octets, `hardware`
 * over this machine's own.
 */
static int drawing(const char *name, FILE *answers)
{
	if (strcmp(name, "stream") == 0 || strcmp(name, "hardware") == 0) {
		replaying = name[0] == 's';
		memset(&health, 0, sizeof(health));
		free(stream_memory);
		stream = octets(0);
		stream_memory = arguments[0].memory;
		memset(&arguments[0], 0, sizeof(arguments[0]));
		fputs("undefined\n", answers);
	}
	else if (strcmp(name, "random") == 0) {
		uint32_t length = (uint32_t)arguments[0].number;
		uint8_t *out = fresh(length);
		cpns_random_source source = replaying ? replay : cpns_hardware_source;
		memset(out, 0xaa, length);
		fprintf(answers, "#%d ", cpns_random_draw(&health, source, out, length));
		show(answers, out, length);
	}
	else
		return 0;
	return 1;
}

static void answer(char *line, FILE *answers)
{
	char *rest = NULL;
	char *name = strtok_r(line, " \n", &rest);
	char *text;
	int i;
	count = 0;
	memset(arguments, 0, sizeof(arguments));
	while ((text = strtok_r(NULL, " \n", &rest)) != NULL) {
		if (count == ARGUMENTS)
			fail("too many arguments");
		parse(text, &arguments[count++]);
	}
	if (name == NULL || !(hashing(name, answers) || sealing(name, answers) || deriving(name, answers) ||
			on_curve(name, answers) || drawing(name, answers)))
		fail("no such function");
	fflush(answers);
	for (i = 0; i < count; i++)
		free(arguments[i].memory);
}

int main(int argc, char *argv[])
{
	FILE *questions, *answers;
	char *line = NULL;
	size_t room = 0;
	if (argc != 3 || (questions = fopen(argv[1], "r")) == NULL || (answers = fopen(argv[2], "w")) == NULL)
		fail("usage: driver QUESTIONS ANSWERS");
	while (getline(&line, &room, questions) > 0 && strcmp(line, "end\n") != 0)
		answer(line, answers);
	free(line);
	free(stream_memory);
	return 0;
}
