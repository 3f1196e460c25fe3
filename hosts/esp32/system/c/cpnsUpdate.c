#include "cpnsUpdate.h"

#include <string.h>

#if ESP32
#include "app_update/include/esp_ota_ops.h"
#include "esp_partition.h"
#include "cpnsSystem.h"

/* Octets that the boot loader needs to start anything, and that flash encryption writes at once. */
#define HEAD 16

static const esp_partition_t *other(void)
{
	const esp_partition_t *next = esp_ota_get_next_update_partition(NULL);
	/* With one slot alone ESP-IDF names the one that runs. */
	return next == esp_ota_get_running_partition() ? NULL : next;
}

/*
 * The boot loader falls back to any slot that looks whole. So the head of an image lies in the last block of its slot
 * until it is switched to; what nobody has verified begins with erased octets.
 */
static uint32_t headAt(const esp_partition_t *slot)
{
	return slot->size - CPNS_UPDATE_BLOCK;
}

uint32_t cpnsUpdateCapacity(void)
{
	const esp_partition_t *slot = other();
	return slot == NULL ? 0 : headAt(slot);
}

int cpnsUpdateCurrent(void)
{
	return esp_ota_get_running_partition()->subtype == ESP_PARTITION_SUBTYPE_APP_OTA_1;
}

int cpnsUpdateTrial(void)
{
	esp_ota_img_states_t state;
	if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) != ESP_OK)
		return 0;
	return state == ESP_OTA_IMG_PENDING_VERIFY;
}

int cpnsUpdateRead(uint32_t offset, uint8_t *octets, uint32_t length)
{
	const esp_partition_t *slot = other();
	uint32_t head;
	if (slot == NULL || esp_partition_read(slot, offset, octets, length) != ESP_OK)
		return 0;
	if (offset >= HEAD)
		return 1;
	head = HEAD - offset < length ? HEAD - offset : length;
	return esp_partition_read(slot, headAt(slot) + offset, octets, head) == ESP_OK;
}

static int erasedAt(const esp_partition_t *slot, uint32_t offset)
{
	uint8_t head[HEAD];
	int i;
	if (esp_partition_read(slot, offset, head, HEAD) != ESP_OK)
		return 0;
	for (i = 0; i < HEAD; i++)
		if (head[i] != 0xff)
			return 0;
	return 1;
}

int cpnsUpdateBegun(void)
{
	const esp_partition_t *slot = other();
	return slot != NULL && erasedAt(slot, 0) && !erasedAt(slot, headAt(slot));
}

static int keep(const esp_partition_t *slot, uint32_t offset, const uint8_t *octets, uint32_t length)
{
	uint32_t done;
	if (esp_partition_write(slot, offset, octets, length) != ESP_OK)
		return 0;
	for (done = 0; done < length;) {
		uint8_t read[64];
		uint32_t part = length - done < sizeof(read) ? length - done : sizeof(read);
		if (esp_partition_read(slot, offset + done, read, part) != ESP_OK)
			return 0;
		if (memcmp(read, octets + done, part) != 0)
			return 0;
		done += part;
	}
	return 1;
}

int cpnsUpdateWrite(uint32_t offset, const uint8_t *octets, uint32_t length)
{
	const esp_partition_t *slot = other();
	uint32_t within = offset % CPNS_UPDATE_BLOCK, room = cpnsUpdateCapacity();
	if (slot == NULL || cpnsUpdateTrial())
		return 0;
	if (offset > room || length > room - offset || length > CPNS_UPDATE_BLOCK - within)
		return 0;
	if (within == 0 && esp_partition_erase_range(slot, offset, CPNS_UPDATE_BLOCK) != ESP_OK)
		return 0;
	if (offset > 0)
		return keep(slot, offset, octets, length);
	if (length < HEAD || esp_partition_erase_range(slot, headAt(slot), CPNS_UPDATE_BLOCK) != ESP_OK)
		return 0;
	return keep(slot, headAt(slot), octets, HEAD) && keep(slot, HEAD, octets + HEAD, length - HEAD);
}

int cpnsUpdateActivate(void)
{
	const esp_partition_t *slot = other();
	uint8_t head[HEAD];
	if (slot == NULL || cpnsUpdateTrial() || !cpnsUpdateRead(0, head, HEAD))
		return 0;
	return keep(slot, 0, head, HEAD) && esp_ota_set_boot_partition(slot) == ESP_OK;
}

int cpnsUpdateConfirm(void)
{
	return esp_ota_mark_app_valid_cancel_rollback() == ESP_OK;
}

void cpnsUpdateRollBack(void)
{
	cpnsPlanRestart(1);
	esp_ota_mark_app_invalid_rollback_and_reboot();
	cpnsPlanRestart(0);
}
#else
/* The SDK's simulator has one program. */
uint32_t cpnsUpdateCapacity(void) { return 0; }
int cpnsUpdateCurrent(void) { return 0; }
int cpnsUpdateTrial(void) { return 0; }
int cpnsUpdateBegun(void) { return 0; }
int cpnsUpdateRead(uint32_t offset, uint8_t *octets, uint32_t length)
{
	(void)offset;
	memset(octets, 0xff, length);
	return 0;
}
int cpnsUpdateWrite(uint32_t offset, const uint8_t *octets, uint32_t length)
{
	(void)offset;
	(void)octets;
	(void)length;
	return 0;
}
int cpnsUpdateActivate(void) { return 0; }
int cpnsUpdateConfirm(void) { return 0; }
void cpnsUpdateRollBack(void) {}
#endif
