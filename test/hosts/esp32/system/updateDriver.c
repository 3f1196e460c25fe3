/*
 * Two OTA slots of 16 KB in memory, of which the first runs. argv: "one" for a table with one slot, "trial" for an image
 * that is on trial, "worn" for a cell that keeps its ones; then what is called: wOFFSET,LENGTH writes, "slot" says how
 * the slot begins for the boot loader, "begin" how the image does, "cable" puts half an image of somebody else's there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "app_update/include/esp_ota_ops.h"
#include "cpnsSystem.h"
#include "cpnsUpdate.h"

void cpnsPlanRestart(int wanted) { printf("planned %d\n", wanted); }

static const esp_partition_t slots[2] = {
	{.address = 0x20000, .size = 0x4000, .label = "ota_0", .subtype = ESP_PARTITION_SUBTYPE_APP_OTA_0},
	{.address = 0x210000, .size = 0x4000, .label = "ota_1", .subtype = ESP_PARTITION_SUBTYPE_APP_OTA_1}
};
static uint8_t flash[0x4000];
static int one, trial, worn;

const esp_partition_t *esp_ota_get_running_partition(void) { return &slots[0]; }
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *from)
{
	return from ? NULL : &slots[one ? 0 : 1];
}
esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition, esp_ota_img_states_t *state)
{
	if (!trial) return 0x105;
	*state = ESP_OTA_IMG_PENDING_VERIFY;
	return partition == &slots[0] ? ESP_OK : -1;
}
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
	printf("boot %s\n", partition->label);
	return ESP_OK;
}
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void) { printf("valid\n"); return ESP_OK; }
esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void) { printf("rolled back\n"); return ESP_OK; }
esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size)
{
	printf("erase %s %zu %zu\n", partition->label, offset, size);
	memset(flash + offset, 0xff, size);
	return ESP_OK;
}
esp_err_t esp_partition_write(const esp_partition_t *partition, size_t offset, const void *from, size_t size)
{
	size_t i;
	if (offset + size > partition->size) abort();
	for (i = 0; i < size; i++) flash[offset + i] &= ((const uint8_t *)from)[i];
	if (worn && offset <= 100 && offset + size > 100) flash[100] = 0xff;
	return ESP_OK;
}
esp_err_t esp_partition_read(const esp_partition_t *partition, size_t offset, void *into, size_t size)
{
	if (offset + size > partition->size) return -1;
	memcpy(into, flash + offset, size);
	return ESP_OK;
}

static void show(const char *what, const uint8_t *octets, int from, int count)
{
	printf("%s", what);
	for (; count--; from++) printf(" %02x", octets[from]);
	printf("\n");
}

int main(int argc, char **argv)
{
	static uint8_t octets[0x10000];
	int i;
	memset(octets, 0x5a, sizeof(octets));
	octets[0] = 0xe9;
	for (i = 1; i < argc; i++) {
		const char *a = argv[i];
		if (!strcmp(a, "one")) one = 1;
		else if (!strcmp(a, "trial")) trial = 1;
		else if (!strcmp(a, "worn")) worn = 1;
		else if (a[0] == 'w') {
			char *rest;
			unsigned long offset = strtoul(a + 1, &rest, 0), length = strtoul(rest + 1, NULL, 0);
			printf("write %lu %lu: %d\n", offset, length, cpnsUpdateWrite((uint32_t)offset, octets, (uint32_t)length));
		} else if (!strcmp(a, "facts"))
			printf("%u %d %d\n", (unsigned)cpnsUpdateCapacity(), cpnsUpdateCurrent(), cpnsUpdateTrial());
		else if (!strcmp(a, "read")) printf("read %d\n", cpnsUpdateRead(0x3f00, octets, 0x101));
		else if (!strcmp(a, "begun")) printf("begun %d\n", cpnsUpdateBegun());
		else if (!strcmp(a, "cable")) memset(flash, 0x11, sizeof(flash) / 2);
		else if (!strcmp(a, "slot")) show("slot", flash, 0, 17);
		else if (!strcmp(a, "begin")) {
			uint8_t read[20];
			if (!cpnsUpdateRead(0, read, 20)) return 1;
			show("begin", read, 0, 20);
			if (!cpnsUpdateRead(15, read, 2)) return 1;
			show("15", read, 0, 2);
			if (!cpnsUpdateRead(16, read, 1)) return 1;
			show("16", read, 0, 1);
		}
		else if (!strcmp(a, "activate")) printf("%d\n", cpnsUpdateActivate());
		else if (!strcmp(a, "confirm")) printf("%d\n", cpnsUpdateConfirm());
		else if (!strcmp(a, "back")) cpnsUpdateRollBack();
	}
	return 0;
}
