/*
 * NimBLE's way to a controller: HCI packets behind their type (H4; Core specification, vol. 4, part A) on the second
 * serial port. ESP-IDF has one of its own (CONFIG_BT_NIMBLE_TRANSPORT_UART), in which the tasks of NimBLE and of
 * JavaScript send at the same time without a lock: packets are freed twice, and it asserts.
 */
#include "cpnsEmulator.h"

#include <stdlib.h>
#include <string.h>
#include "driver/uart.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "nimble/transport.h"
#include "os/os_mbuf.h"
#include "sdkconfig.h"

#if !CONFIG_BT_CONTROLLER_DISABLED || CONFIG_BT_NIMBLE_TRANSPORT_UART
	#error "cpns: this is for NimBLE without a controller and without a transport of its own"
#endif

#define PORT 1
#define COMMAND 1
#define ACL 2
#define EVENT 4
#define COMMAND_HEADER 3
#define EVENT_HEADER 2
#define ACL_HEADER 4
#define LONGEST (ACL_HEADER + 512)
#define STACK 2048
/* Above NimBLE's host. */
#define PRIORITY 22

static SemaphoreHandle_t gSending;

int ble_transport_to_ll_cmd_impl(void *packet)
{
	static const uint8_t type = COMMAND;
	xSemaphoreTake(gSending, portMAX_DELAY);
	uart_write_bytes(PORT, &type, 1);
	uart_write_bytes(PORT, packet, COMMAND_HEADER + ((uint8_t *)packet)[2]);
	xSemaphoreGive(gSending);
	ble_transport_free(packet);
	return 0;
}

int ble_transport_to_ll_acl_impl(struct os_mbuf *packet)
{
	static const uint8_t type = ACL;
	struct os_mbuf *part;
	xSemaphoreTake(gSending, portMAX_DELAY);
	uart_write_bytes(PORT, &type, 1);
	for (part = packet; part; part = SLIST_NEXT(part, om_next))
		uart_write_bytes(PORT, part->om_data, part->om_len);
	xSemaphoreGive(gSending);
	os_mbuf_free_chain(packet);
	return 0;
}

/* Waits until there is a buffer: the controller is asked again by nobody. */
static void give(uint8_t type, const uint8_t *packet, uint16_t length)
{
	if (type == EVENT) {
		uint8_t *event;
		if (length > CONFIG_BT_NIMBLE_TRANSPORT_EVT_SIZE)
			return;
		while (!(event = ble_transport_alloc_evt(0)))
			vTaskDelay(1);
		memcpy(event, packet, length);
		ble_transport_to_hs_evt(event);
	}
	else {
		struct os_mbuf *data;
		while (!(data = ble_transport_alloc_acl_from_ll()))
			vTaskDelay(1);
		if (os_mbuf_append(data, packet, length))
			os_mbuf_free_chain(data);
		else
			ble_transport_to_hs_acl(data);
	}
}

static void receive(void *unused)
{
	static uint8_t packet[LONGEST];
	(void)unused;
	for (;;) {
		uint8_t type;
		uint16_t header, length;
		uart_read_bytes(PORT, &type, 1, portMAX_DELAY);
		if (type != EVENT && type != ACL)
			continue;
		header = type == EVENT ? EVENT_HEADER : ACL_HEADER;
		uart_read_bytes(PORT, packet, header, portMAX_DELAY);
		length = type == EVENT ? packet[1] : packet[2] | packet[3] << 8;
		if (header + length > LONGEST)
			continue;
		if (length > 0)
			uart_read_bytes(PORT, packet + header, length, portMAX_DELAY);
		give(type, packet, header + length);
	}
}

void ble_transport_ll_init(void)
{
	gSending = xSemaphoreCreateMutex();
	if (!gSending || cpns_serial_open(PORT) || xTaskCreate(receive, "hci", STACK, NULL, PRIORITY, NULL) != pdPASS)
		abort();
}

/* The stack is started once, and ends with the chip's power. */
void ble_transport_ll_deinit(void)
{
}
