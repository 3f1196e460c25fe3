#ifndef CPNS_STORAGE_H
#define CPNS_STORAGE_H

/*
 * The SDK starts NVS before anything else and restarts the chip when that fails, for ever: a partition that another
 * firmware wrote, or a page that flash lost, would leave a dark display. So it is started here before, and where it
 * cannot be, an empty one in a partition of its own takes its name: what runs then has no keys, and a screen.
 */

/* Called by the SDK before it starts NVS (defines.startup.delayMS of ../../board/manifest.json). Returns 0. */
int cpnsPrelaunch(void);

/* ESP-IDF's code of what kept NVS from starting; 0 when it has started. */
int cpnsStorageFault(void);

/* Erases the whole partition, the factory's data too, so that the next start finds it empty. False when it cannot. */
int cpnsEraseStorage(void);

#endif
