#pragma once
#include "host/ble_hs.h"
