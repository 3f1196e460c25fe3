/* The generator as it is compiled for ESP32, over a radio and a generator of the test's. */
#include <stdio.h>
#include <string.h>

#include "cpnsEntropy.h"
#include "esp_random.h"

/* As in esp_bt.h of each chip; the SDK does not search for what the C6's brings along. */
typedef enum { ESP_BT_CONTROLLER_STATUS_IDLE, ESP_BT_CONTROLLER_STATUS_ENABLED = 2 } esp_bt_controller_status_t;

static esp_bt_controller_status_t status;
static int stuck;
static unsigned drawn;

esp_bt_controller_status_t esp_bt_controller_get_status(void)
{
	return status;
}

void esp_fill_random(void *buf, size_t len)
{
	uint8_t *octets = buf;
	drawn += (unsigned)len;
	while (len--) {
		static uint32_t state = 1;
		state = state * 1664525 + 1013904223;
		*octets++ = stuck ? 0x5a : (uint8_t)(state >> 24);
	}
}

static void draw(cpns_health *health)
{
	uint8_t out[32];
	cpns_random_verdict verdict;
	memset(out, 1, sizeof(out));
	verdict = cpns_random_draw(health, cpns_hardware_source, out, sizeof(out));
	printf("%d %d ", verdict, out[0] == 0 && out[31] == 0);
}

int main(void)
{
	cpns_health health = { 0 };
	draw(&health);
	printf("%u, ", drawn);
	status = ESP_BT_CONTROLLER_STATUS_ENABLED;
	draw(&health);
	printf("%u, ", drawn);
	status = ESP_BT_CONTROLLER_STATUS_IDLE;
	draw(&health);
	printf("%u, ", drawn);
	status = ESP_BT_CONTROLLER_STATUS_ENABLED;
	draw(&health);
	stuck = 1;
	draw(&health);
	stuck = 0;
	draw(&health);
	printf("%u\n", drawn);
	return 0;
}
