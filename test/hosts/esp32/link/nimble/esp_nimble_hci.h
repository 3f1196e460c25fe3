#pragma once
#include "host/ble_gap.h"
