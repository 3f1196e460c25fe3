#pragma once
#include "ble_hs.h"
