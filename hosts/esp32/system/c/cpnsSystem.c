#include "xsmc.h"
#include "xsHost.h"
#include "cpnsStorage.h"
#include "cpnsSystem.h"

#if ESP32
#include "esp_attr.h"
#include "esp_system.h"

/* Survives a restart, not a loss of power: tells a restart that the firmware wanted from one after an abort of XS. */
#define PLANNED 0x43504E53u
static RTC_NOINIT_ATTR uint32_t planned;

static int why(void)
{
	uint32_t mark = planned;
	planned = 0;
	switch (esp_reset_reason()) {
		case ESP_RST_SW: return mark == PLANNED ? CPNS_RESET_ORDINARY : CPNS_RESET_ABORT;
		case ESP_RST_PANIC: return CPNS_RESET_PANIC;
		case ESP_RST_INT_WDT:
		case ESP_RST_TASK_WDT:
		case ESP_RST_WDT: return CPNS_RESET_WATCHDOG;
		case ESP_RST_BROWNOUT: return CPNS_RESET_POWER;
		default: return CPNS_RESET_ORDINARY;
	}
}

void cpnsPlanRestart(int wanted)
{
	planned = wanted ? PLANNED : 0;
}

static void restart(void)
{
	cpnsPlanRestart(1);
	esp_restart();
}
#else
/* The SDK's simulator starts a program anew only by hand. */
static int why(void) { return CPNS_RESET_ORDINARY; }
static void restart(void) {}
#endif

void xs_cpns_reset_reason(xsMachine *the)
{
	xsmcSetInteger(xsResult, why());
}

void xs_cpns_restart(xsMachine *the)
{
	restart();
}

void xs_cpns_storage_fault(xsMachine *the)
{
	xsmcSetInteger(xsResult, cpnsStorageFault());
}

void xs_cpns_erase_storage(xsMachine *the)
{
	xsmcSetBoolean(xsResult, cpnsEraseStorage());
}
