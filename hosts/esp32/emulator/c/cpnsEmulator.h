#pragma once

/* Opens a serial port of the chip, once; what has arrived before is dropped. Other than 0: it cannot be. */
int cpns_serial_open(int port);
