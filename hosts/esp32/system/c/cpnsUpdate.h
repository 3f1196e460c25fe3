#ifndef CPNS_UPDATE_H
#define CPNS_UPDATE_H

#include <stdint.h>

/*
 * The two OTA slots of ESP-IDF for src/pne/updatePorts.ts: the image that runs stays, the other slot is written block by
 * block, and the boot loader starts it once, on trial (CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE). Functions that can fail
 * return 1 when they have done it.
 */
#define CPNS_UPDATE_BLOCK 4096

/* Octets that an image may have in the slot that does not run; 0 where the partition table has no two slots. */
uint32_t cpnsUpdateCapacity(void);
/* Which slot runs: 0 or 1. */
int cpnsUpdateCurrent(void);
/* What runs was switched to, and is not confirmed. */
int cpnsUpdateTrial(void);
/* The other slot holds what cpnsUpdateWrite began: its head is kept back. Firmware from a cable begins with its own. */
int cpnsUpdateBegun(void);
/*
 * A write at the begin of a block erases it before; none reaches over its end; the first has 16 octets or more. Read back
 * and compared. Nothing of it starts before cpnsUpdateActivate, also when the image that runs cannot.
 */
int cpnsUpdateWrite(uint32_t offset, const uint8_t *octets, uint32_t length);
int cpnsUpdateRead(uint32_t offset, uint8_t *octets, uint32_t length);
/* Of an image that is verified, as cpnsUpdateRead reads it. ESP-IDF looks whether it is an image for this chip first. */
int cpnsUpdateActivate(void);
int cpnsUpdateConfirm(void);
/* Restarts into the image before; does not return where there is one. */
void cpnsUpdateRollBack(void);

#endif
