/* What slots.ts calls: numbers are taken first, a pointer into a buffer of XS last. */
#include "xsmc.h"
#include "xsHost.h"
#include "fips180.h"
#include "cpnsUpdate.h"

void xs_cpns_slot_capacity(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)cpnsUpdateCapacity());
}

void xs_cpns_slot_current(xsMachine *the)
{
	xsmcSetInteger(xsResult, cpnsUpdateCurrent());
}

void xs_cpns_slot_trial(xsMachine *the)
{
	xsmcSetBoolean(xsResult, cpnsUpdateTrial());
}

void xs_cpns_slot_begun(xsMachine *the)
{
	xsmcSetBoolean(xsResult, cpnsUpdateBegun());
}

/* (offset, octets) → whether it is there */
void xs_cpns_slot_write(xsMachine *the)
{
	void *data = NULL;
	xsUnsignedValue length = 0;
	xsIntegerValue offset = xsmcToInteger(xsArg(0));
	xsmcGetBufferReadable(xsArg(1), &data, &length);
	xsmcSetBoolean(xsResult, offset >= 0 && cpnsUpdateWrite((uint32_t)offset, data, length));
}

/* (length) → SHA-256 of so many octets, or undefined when they cannot be read */
void xs_cpns_slot_hash(xsMachine *the)
{
	struct sha256 hash;
	uint8_t part[512];
	xsIntegerValue length = xsmcToInteger(xsArg(0)), done = 0;
	sha256_create(&hash);
	while (done < length) {
		uint32_t size = length - done < (xsIntegerValue)sizeof(part) ? (uint32_t)(length - done) : sizeof(part);
		if (!cpnsUpdateRead((uint32_t)done, part, size))
			return;
		sha256_update(&hash, part, size);
		done += (xsIntegerValue)size;
	}
	sha256_fin(&hash, part);
	xsmcSetArrayBuffer(xsResult, part, SHA256_DGSTSIZE);
}

void xs_cpns_slot_activate(xsMachine *the)
{
	xsmcSetBoolean(xsResult, cpnsUpdateActivate());
}

void xs_cpns_slot_confirm(xsMachine *the)
{
	xsmcSetBoolean(xsResult, cpnsUpdateConfirm());
}

void xs_cpns_slot_roll_back(xsMachine *the)
{
	cpnsUpdateRollBack();
}
