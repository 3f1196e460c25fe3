/*
 * A start of the chip, as the SDK's app_main has it: cpnsPrelaunch, then NVS, which restarts the chip when it fails.
 * argv: what NVS answers for its own partition, whether there is a spare one ("spare"), whether to erase ("erase").
 * As ESP-IDF's, NVS that has been started under a label is not started again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cpnsStorage.h"
#include "nvs_flash/include/nvs.h"
#include "nvs_flash/include/nvs_flash.h"

static const esp_partition_t nvs = {.address = 0x9000, .size = 0x6000, .label = "nvs"};
static const esp_partition_t spare = {.address = 0x3f0000, .size = 0x4000, .label = "spare"};
static const esp_partition_t *started;
static int answer, hasSpare;

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype, const char *label)
{
	(void)type;
	if (!strcmp(label, "nvs") && subtype == ESP_PARTITION_SUBTYPE_DATA_NVS) return &nvs;
	if (!strcmp(label, "spare") && subtype == ESP_PARTITION_SUBTYPE_ANY && hasSpare) return &spare;
	return NULL;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size)
{
	printf("erase %s %zu %zu\n", partition->label, offset, size);
	return ESP_OK;
}

esp_err_t nvs_flash_init(void)
{
	if (started) return ESP_OK;
	if (!answer) started = &nvs;
	return answer;
}

esp_err_t nvs_flash_init_partition_ptr(const esp_partition_t *partition)
{
	if (strcmp(partition->label, NVS_DEFAULT_PART_NAME)) return -1;
	started = partition;
	return ESP_OK;
}

int main(int argc, char **argv)
{
	answer = (int)strtol(argv[1], NULL, 0);
	hasSpare = argc > 2 && !strcmp(argv[2], "spare");
	if (cpnsPrelaunch()) return 1;
	printf("%s\n", nvs_flash_init() ? "restart" : "runs");
	if (started) printf("in 0x%x\n", (unsigned)started->address);
	printf("fault 0x%x\n", (unsigned)cpnsStorageFault());
	if (argc > 3) printf("erased %d\n", cpnsEraseStorage());
	return 0;
}
