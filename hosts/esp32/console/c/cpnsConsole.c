#include "xsmc.h"
#include "xsHost.h"
#include "esp_heap_caps.h"

/* () → octets of the heap that are free */
void xs_cpns_heap_free(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)heap_caps_get_free_size(MALLOC_CAP_DEFAULT));
}

/* () → the fewest that there were since the start */
void xs_cpns_heap_lowest(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT));
}
