#pragma once
#include "../../esp_partition.h"
#include "nvs.h"
esp_err_t nvs_flash_init(void);
esp_err_t nvs_flash_init_partition_ptr(const esp_partition_t *partition);
