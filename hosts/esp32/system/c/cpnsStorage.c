#include "cpnsStorage.h"

#if ESP32
#include <string.h>
#include "esp_partition.h"
#include "nvs_flash/include/nvs.h"
#include "nvs_flash/include/nvs_flash.h"

/* Of ../../board/partitions.csv. */
#define SPARE "spare"

static int started = 0;
static esp_err_t fault = ESP_OK;
/* NVS keeps the address. */
static esp_partition_t standIn;

/* Of no use to the firmware but for NVS to be there: what Bluetooth writes into it is gone at the next start. */
static void startStandIn(void)
{
	const esp_partition_t *spare =
		esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, SPARE);
	if (NULL == spare)
		return;
	if (ESP_OK != esp_partition_erase_range(spare, 0, spare->size))
		return;
	standIn = *spare;
	memset(standIn.label, 0, sizeof(standIn.label));
	memcpy(standIn.label, NVS_DEFAULT_PART_NAME, sizeof(NVS_DEFAULT_PART_NAME));
	nvs_flash_init_partition_ptr(&standIn);
}

int cpnsPrelaunch(void)
{
	if (started)
		return 0;
	started = 1;
	fault = nvs_flash_init();
	if (ESP_OK != fault)
		startStandIn();
	return 0;
}

int cpnsStorageFault(void)
{
	return fault;
}

int cpnsEraseStorage(void)
{
	const esp_partition_t *nvs =
		esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NVS_DEFAULT_PART_NAME);
	return (NULL != nvs) && (ESP_OK == esp_partition_erase_range(nvs, 0, nvs->size));
}
#else
int cpnsPrelaunch(void) { return 0; }
int cpnsStorageFault(void) { return 0; }
int cpnsEraseStorage(void) { return 0; }
#endif
