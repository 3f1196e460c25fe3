#include "cpnsEntropy.h"

#include <string.h>

#include "cpnsWipe.h"

/* 0 when a test fails. */
static int healthy(cpns_health *health, uint8_t sample)
{
	if (health->repetitions > 0 && sample == health->last)
		health->repetitions++;
	else {
		health->last = sample;
		health->repetitions = 1;
	}
	if (health->seen == 0) {
		health->reference = sample;
		health->matches = 0;
	}
	if (sample == health->reference)
		health->matches++;
	health->seen = (uint16_t)((health->seen + 1) % CPNS_WINDOW);
	return health->repetitions < CPNS_REPETITIONS && health->matches < CPNS_PROPORTION;
}

static cpns_random_verdict draw(cpns_health *health, cpns_random_source source, uint8_t *out, uint32_t length)
{
	cpns_random_verdict verdict = source(out, length);
	uint32_t i;
	if (verdict != CPNS_RANDOM_OK)
		return verdict;
	for (i = 0; i < length; i++) {
		if (!healthy(health, out[i])) {
			health->failed = 1;
			return CPNS_RANDOM_UNHEALTHY;
		}
	}
	return CPNS_RANDOM_OK;
}

static cpns_random_verdict start(cpns_health *health, cpns_random_source source)
{
	uint8_t some[64];
	cpns_random_verdict verdict = CPNS_RANDOM_OK;
	int i;
	for (i = 0; i < CPNS_STARTUP && verdict == CPNS_RANDOM_OK; i += (int)sizeof(some))
		verdict = draw(health, source, some, sizeof(some));
	cpns_wipe(some, sizeof(some));
	health->started = verdict == CPNS_RANDOM_OK;
	return verdict;
}

cpns_random_verdict cpns_random_draw(cpns_health *health, cpns_random_source source, uint8_t *out, uint32_t length)
{
	cpns_random_verdict verdict = CPNS_RANDOM_OK;
	if (health->failed)
		verdict = CPNS_RANDOM_UNHEALTHY;
	else if (!health->started)
		verdict = start(health, source);
	if (verdict == CPNS_RANDOM_OK)
		verdict = draw(health, source, out, length);
	if (verdict != CPNS_RANDOM_OK && length > 0)
		cpns_wipe(out, length);
	return verdict;
}

#if ESP32

#include "esp_random.h"
#include "mc.defines.h"
#include "sdkconfig.h"

/* The radio itself: its controller may be disabled, for a stack that has another one. */
#if CONFIG_BT_ENABLED && !CONFIG_BT_CONTROLLER_DISABLED
	#define CPNS_RADIO 1
#endif

#if MODDEF_CPNS_EMULATOR && CPNS_RADIO
	#error "cpns: an emulator's generator is not for a build with a radio (defines.cpns.emulator)"
#elif MODDEF_CPNS_EMULATOR
/* No radio, and no noise: the emulator's host gives the numbers. No board is built so. */
static unsigned esp_bt_controller_get_status(void) { return 2; }
	#define CONTROLLER_ENABLED 2
#elif CPNS_RADIO
/* Of esp_bt.h, for every chip the same; the C6's brings headers of ESP-IDF where the SDK does not search. */
extern unsigned esp_bt_controller_get_status(void);
	#define CONTROLLER_ENABLED 2
	#if CONFIG_BTDM_CTRL_MODEM_SLEEP || CONFIG_BT_CTRL_MODEM_SLEEP || CONFIG_BT_LE_SLEEP_ENABLE
		#error "cpns: a controller that sleeps between its events is enabled, and makes no noise then (docs/adr/0019)"
	#endif
#else
	#error "cpns: the hardware generator draws its noise from the radio; build with Bluetooth and its controller (CONFIG_BT_ENABLED)"
#endif

/* Without radio ESP-IDF calls the generator's numbers pseudo-random ("Random Number Generation"). */
cpns_random_verdict cpns_hardware_source(uint8_t *out, uint32_t length)
{
	if (esp_bt_controller_get_status() != CONTROLLER_ENABLED)
		return CPNS_RANDOM_QUIET;
	esp_fill_random(out, length);
	return CPNS_RANDOM_OK;
}

#elif defined(__linux__) || defined(__APPLE__)

#include <sys/random.h>
#include <unistd.h>

/* The simulator and tests: the kernel's generator. */
cpns_random_verdict cpns_hardware_source(uint8_t *out, uint32_t length)
{
	while (length > 0) {
		/* getentropy() gives no more at once. */
		uint32_t some = length < 256 ? length : 256;
		if (getentropy(out, some) != 0)
			return CPNS_RANDOM_ABSENT;
		out += some;
		length -= some;
	}
	return CPNS_RANDOM_OK;
}

#else
	#error "cpns: no source of random numbers is known for this platform; add it to cpnsEntropy.c"
#endif
