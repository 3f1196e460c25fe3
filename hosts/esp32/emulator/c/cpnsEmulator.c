/*
 * What an image in an emulator has in place of radio and person: the chip's serial ports, through ESP-IDF's driver,
 * whose interrupts fill and empty buffers of a fixed size; nothing here waits. What is left of its memory, how long it
 * has worked, and a way to hang it.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.defines.h"

#ifndef MODDEF_CPNS_EMULATOR
	#error "cpns: this is for an emulator's build alone (defines.cpns.emulator)"
#endif

#include "cpnsEmulator.h"

#include <stdio.h>
#include "driver/uart.h"
#include "esp_err.h"
#include "esp_heap_caps.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"

#define PORTS 2
#define RECEIVED 2048
#define SENT 8192
#define BAUD 2000000
#define TASKS 16

static uart_port_t port_of(xsMachine *the)
{
	xsIntegerValue port = xsmcToInteger(xsArg(0));
	if (port < 0 || port >= PORTS)
		xsRangeError("cpns: no such serial port");
	return (uart_port_t)port;
}

int cpns_serial_open(int port)
{
	uart_config_t config = {
		.baud_rate = BAUD,
		.data_bits = UART_DATA_8_BITS,
		.parity = UART_PARITY_DISABLE,
		.stop_bits = UART_STOP_BITS_1,
		.flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
		.source_clk = UART_SCLK_DEFAULT,
	};
	if (!uart_is_driver_installed(port) && uart_driver_install(port, RECEIVED, SENT, 0, NULL, 0) != ESP_OK)
		return 1;
	if (uart_param_config(port, &config) != ESP_OK)
		return 1;
	uart_flush_input(port);
	return 0;
}

/* (port): once; what has arrived before is dropped. */
void xs_cpns_uart_open(xsMachine *the)
{
	if (cpns_serial_open(port_of(the)))
		xsUnknownError("cpns: the serial port cannot be opened");
}

/* (port) → octets that have arrived, or undefined when none have */
void xs_cpns_uart_read(xsMachine *the)
{
	uart_port_t port = port_of(the);
	size_t there = 0;
	if (uart_get_buffered_data_len(port, &there) != ESP_OK || there == 0)
		return;
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)there);
	uart_read_bytes(port, xsmcToArrayBuffer(xsResult), there, 0);
}

/* (port) → octets that can be written now */
void xs_cpns_uart_room(xsMachine *the)
{
	size_t room = 0;
	if (uart_get_tx_buffer_free_size(port_of(the), &room) != ESP_OK)
		room = 0;
	xsmcSetInteger(xsResult, (xsIntegerValue)room);
}

/* (port, octets): throws when there is no room for all of them. */
void xs_cpns_uart_write(xsMachine *the)
{
	uart_port_t port = port_of(the);
	void *octets = NULL;
	xsUnsignedValue length = 0;
	size_t room = 0;
	xsmcGetBufferReadable(xsArg(1), &octets, &length);
	if (uart_get_tx_buffer_free_size(port, &room) != ESP_OK || room < length)
		xsUnknownError("cpns: the serial port is full");
	uart_write_bytes(port, octets, length);
}

/* () → JSON: octets of the heap that are free, the fewest there were, and of each task's stack that were never used */
void xs_cpns_memory(xsMachine *the)
{
	static TaskStatus_t tasks[TASKS];
	static char text[512];
	UBaseType_t count = uxTaskGetSystemState(tasks, TASKS, NULL);
	size_t free = heap_caps_get_free_size(MALLOC_CAP_DEFAULT);
	size_t lowest = heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT);
	size_t total = heap_caps_get_total_size(MALLOC_CAP_DEFAULT);
	int at = snprintf(text, sizeof(text), "{\"free\":%u,\"lowest\":%u,\"total\":%u,\"stacks\":{", (unsigned)free,
		(unsigned)lowest, (unsigned)total);
	UBaseType_t i;
	for (i = 0; i < count && at < (int)sizeof(text) - 48; i++)
		at += snprintf(text + at, sizeof(text) - at, "%s\"%s\":%u", i > 0 ? "," : "", tasks[i].pcTaskName,
			(unsigned)(tasks[i].usStackHighWaterMark * sizeof(StackType_t)));
	snprintf(text + at, sizeof(text) - at, "}}");
	xsmcSetString(xsResult, text);
}

/* () → microseconds since the start */
void xs_cpns_time(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)esp_timer_get_time());
}

/*
 * () → those of them in which there was nothing to do, on the core that asks: JavaScript's. The other core of a first
 * ESP32 has its own, and next to nothing to do.
 */
void xs_cpns_idle(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)ulTaskGetIdleRunTimeCounter());
}

/* (): interrupts and with them every other task stop for ever; a watchdog that is hardware alone is left. */
void xs_cpns_stall(xsMachine *the)
{
	(void)the;
	portDISABLE_INTERRUPTS();
	for (;;)
		;
}

#if CONFIG_BT_CONTROLLER_DISABLED
/* The linker comes to the target's cpnsHci.c before NimBLE, who needs it: somebody has to have asked for it by then. */
void ble_transport_ll_init(void);
void (*const cpns_hci)(void) __attribute__((used)) = ble_transport_ll_init;

/* The SDK gives back at its start what a controller would keep; there is none. */
esp_err_t esp_bt_controller_mem_release(int mode);
esp_err_t esp_bt_controller_mem_release(int mode)
{
	(void)mode;
	return ESP_OK;
}
#endif
