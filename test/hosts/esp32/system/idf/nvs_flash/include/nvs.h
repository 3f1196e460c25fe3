#pragma once
#define NVS_DEFAULT_PART_NAME "nvs"
