/*
 * The SDK's GATT server for ESP32 (modules/io/ble/server/esp32/bleserver.c), compiled as it is, with some of its
 * functions behind ours. The macros take parameters, so they rename what is declared, defined or called; where a
 * function is only named, as a callback, it is ours, which looks first and then calls the SDK's.
 *
 * Faults of the SDK 8.2.3 that are handled here, each of which a gateway could use to restart the device:
 *  1. BLE_GAP_EVENT_MTU before JavaScript knows the connection writes to address 0.
 *  2. A read or write, a subscription, a passkey or the end of a pairing on a connection that JavaScript has closed
 *     reads from address 0.
 *  3. BLE_GAP_EVENT_NOTIFY_TX when nothing is being sent, or for a characteristic of the stack itself (Service Changed),
 *     is taken for the end of a notification.
 *  4. NimBLE reports NOTIFY_TX inside ble_gatts_notify_custom, also when that fails: the SDK then completes twice, the
 *     second time with freed memory.
 *  5. What waits to be sent when a connection ends goes to the next connection with the same handle.
 *
 * And what it leaves out of pairing (NimBLE as in espressif/esp-nimble):
 *  6. No keys are distributed: a gateway with private addresses would be a stranger at its next connection.
 *  7. BLE_GAP_EVENT_REPEAT_PAIRING goes unanswered, and NimBLE ignores the request of a gateway that has forgotten us.
 *  8. A passkey of a weak generator is given to the stack before JavaScript hears of it.
 *  9. Advertising has one interval, 30 to 60 ms, for ever; and it ends for good with a connection that fails.
 */

#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "host/ble_gap.h"
#include "host/ble_gatt.h"
#include "host/ble_hs.h"

/* The SDK makes ids for the names that it finds in the files of a manifest, and that is this one alone. */
static const xsIdentifier ids[] __attribute__((unused)) = {
	xsID_authenticate, xsID_authenticated, xsID_bond, xsID_bonded, xsID_characteristics, xsID_descriptors,
	xsID_display, xsID_encrypted, xsID_immediate, xsID_keySize, xsID_keyboard, xsID_length, xsID_mtu,
	xsID_onConnect, xsID_onDisconnect, xsID_onPasskey, xsID_onRead, xsID_onReady, xsID_onSecured,
	xsID_onSubscribe, xsID_onUnsubscribe, xsID_onWrite, xsID_properties, xsID_security, xsID_uuid, xsID_value,
};

static int accessCharacteristic(uint16_t connection, uint16_t attribute, struct ble_gatt_access_ctxt *ctxt, void *arg);
static int handleGAPEvent(struct ble_gap_event *event, void *arg);
static void deliverDisconnect(void *the, void *refcon, uint8_t *message, uint16_t messageLength);
static void deliverOnSecured(void *the, void *refcon, uint8_t *message, uint16_t messageLength);
static void deliverOnPasskey(void *the, void *refcon, uint8_t *message, uint16_t messageLength);
static void deliverSubscribe(void *the, void *refcon, uint8_t *message, uint16_t messageLength);
static int notifyOnce(uint16_t connection, uint16_t attribute, struct os_mbuf *om);
void ble_store_config_init(void);
static void startStore(void);
static int startAdvertising(uint8_t own, const ble_addr_t *peer, int32_t duration, const struct ble_gap_adv_params *params, ble_gap_event_fn *cb, void *arg);

#define accessCharacteristic(...) sdkAccessCharacteristic(__VA_ARGS__)
#define handleGAPEvent(...) sdkHandleGAPEvent(__VA_ARGS__)
#define deliverDisconnect(...) sdkDeliverDisconnect(__VA_ARGS__)
#define deliverOnSecured(...) sdkDeliverOnSecured(__VA_ARGS__)
#define deliverOnPasskey(...) sdkDeliverOnPasskey(__VA_ARGS__)
#define deliverSubscribe(...) sdkDeliverSubscribe(__VA_ARGS__)
#define xs_gattserverconnection_close(...) sdkConnectionClose(__VA_ARGS__)
#define ble_gatts_notify_custom(...) notifyOnce(__VA_ARGS__)
#define ble_store_config_init(...) startStore(__VA_ARGS__)
#define ble_gap_adv_start(...) startAdvertising(__VA_ARGS__)

/* A newer SDK that no longer uses one of these names would pass by ours. */
#pragma GCC diagnostic error "-Wunused-function"
#include "bleserver.c"

#undef accessCharacteristic
#undef handleGAPEvent
#undef deliverDisconnect
#undef deliverOnSecured
#undef deliverOnPasskey
#undef deliverSubscribe
#undef xs_gattserverconnection_close
#undef ble_gatts_notify_custom
#undef ble_store_config_init
#undef ble_gap_adv_start

static int accessCharacteristic(uint16_t connection, uint16_t attribute, struct ble_gatt_access_ctxt *ctxt, void *arg)
{
	if ((C_NULL == gServer) || (C_NULL == findConnection(gServer, connection)))
		return BLE_ATT_ERR_UNLIKELY;
	return sdkAccessCharacteristic(connection, attribute, ctxt, arg);
}

/* Of the notification that is handed to the stack at this moment: whether its end was reported meanwhile. */
static uint8_t gSending = 0;
static uint8_t gSent = 0;

static void deliverAdvertise(void *the, void *refcon, uint8_t *message, uint16_t messageLength)
{
	ensureAdvertising(refcon);
}

/*
 * The bond of a gateway that pairs anew, until that has come to its end. NimBLE wants it deleted before: whoever only
 * asks, under the gateway's address, would take it away.
 */
static struct {
	uint8_t held;
	uint16_t connection;
	struct ble_store_value_sec ours;
	struct ble_store_value_sec theirs;
} gBefore;

/* A gateway that has forgotten us pairs anew, with a comparison; nothing weaker takes a bond's place. */
static int repeatPairing(const struct ble_gap_repeat_pairing *wanted)
{
	struct ble_gap_conn_desc desc;
	struct ble_store_key_sec key = {0};

	if (!wanted->new_sc || !wanted->new_bonding || ble_gap_conn_find(wanted->conn_handle, &desc))
		return BLE_GAP_REPEAT_PAIRING_IGNORE;
	key.peer_addr = desc.peer_id_addr;
	gBefore.held = !ble_store_read_our_sec(&key, &gBefore.ours) && !ble_store_read_peer_sec(&key, &gBefore.theirs);
	gBefore.connection = wanted->conn_handle;
	return ble_store_util_delete_peer(&desc.peer_id_addr) ? BLE_GAP_REPEAT_PAIRING_IGNORE : BLE_GAP_REPEAT_PAIRING_RETRY;
}

/* What was bonded before is again, unless there is another bond by now. */
static void endPairing(uint16_t connection, int failed)
{
	struct ble_store_key_sec key = {0};
	struct ble_store_value_sec now;

	if (!gBefore.held || (gBefore.connection != connection))
		return;
	key.peer_addr = gBefore.theirs.peer_addr;
	if (failed && ble_store_read_peer_sec(&key, &now)) {
		ble_store_write_our_sec(&gBefore.ours);
		ble_store_write_peer_sec(&gBefore.theirs);
	}
	memset(&gBefore, 0, sizeof(gBefore));
}

static int handleGAPEvent(struct ble_gap_event *event, void *arg)
{
	BLEServer server = arg;

	switch (event->type) {
		case BLE_GAP_EVENT_MTU:
			/* deliverConnect asks the stack for the MTU when the connection becomes known. */
			if (C_NULL == findConnection(server, event->mtu.conn_handle))
				return 0;
			break;

		case BLE_GAP_EVENT_NOTIFY_TX: {
			BLEGATTServerNotification gsn = server->notifications;
			if ((C_NULL == gsn) || (event->notify_tx.attr_handle != gsn->gsc->valueHandle))
				return 0;
			if (gSending) {
				gSent = 1;
				return 0;
			}
			} break;

		case BLE_GAP_EVENT_CONNECT:
			if (0 == event->connect.status)
				break;
			/* fall through */
		case BLE_GAP_EVENT_ADV_COMPLETE:
			modMessagePostToMachine(server->the, C_NULL, 0, deliverAdvertise, server);
			return 0;

		case BLE_GAP_EVENT_PASSKEY_ACTION:
			/* Only a comparison is a proof; the SDK would give the stack a passkey of rand(). */
			if (BLE_SM_IOACT_NUMCMP != event->passkey.params.action) {
				ble_gap_terminate(event->passkey.conn_handle, BLE_ERR_AUTH_FAIL);
				return 0;
			}
			break;

		case BLE_GAP_EVENT_REPEAT_PAIRING:
			return repeatPairing(&event->repeat_pairing);

		case BLE_GAP_EVENT_DISCONNECT:
			endPairing(event->disconnect.conn.conn_handle, 1);
			break;

		case BLE_GAP_EVENT_ENC_CHANGE:
			endPairing(event->enc_change.conn_handle, event->enc_change.status);
			/* Keys are kept by now. Some versions say nothing else when a bond's encryption is back. */
			if ((0 == event->enc_change.status) && server->onSecured)
				modMessagePostToMachine(server->the, (uint8_t *)&event->enc_change.conn_handle, sizeof(event->enc_change.conn_handle), deliverOnSecured, server);
			return 0;
	}
	return sdkHandleGAPEvent(event, arg);
}

/* On the task of JavaScript. The SDK completes what fails here; what succeeds is completed by what is posted here. */
static int notifyOnce(uint16_t connection, uint16_t attribute, struct os_mbuf *om)
{
	int error;

	if (C_NULL == om)
		return BLE_HS_ENOMEM;
	gSending = 1;
	gSent = 0;
	error = ble_gatts_notify_custom(connection, attribute, om);
	gSending = 0;
	if (!error && gSent)
		modMessagePostToMachine(gServer->the, C_NULL, 0, deliverNotificationComplete, gServer->notifications);
	return error;
}

/* What waits for a connection that has ended fails, whoever gets its handle next. */
static void forget(BLEServer server, uint16_t connection)
{
	for (BLEGATTServerNotification gsn = server->notifications; gsn; gsn = gsn->next) {
		if (gsn->conn_handle == connection)
			gsn->conn_handle = BLE_HS_CONN_HANDLE_NONE;
	}
}

static void deliverDisconnect(void *the, void *refcon, uint8_t *message, uint16_t messageLength)
{
	forget(refcon, ((struct ble_gap_conn_desc *)message)->conn_handle);
	sdkDeliverDisconnect(the, refcon, message, messageLength);
}

void xs_gattserverconnection_close(xsMachine *the)
{
	BLEGATTServerConnection connection = xsmcGetHostDataValidate(xsThis, xs_gattserverconnection_destructor);
	forget(connection->server, connection->conn_handle);
	sdkConnectionClose(the);
}

/* While JavaScript hears that a link is secured: its key is of a bond by LE Secure Connections, with a comparison. */
static uint8_t gCompared = 0;

static void deliverOnSecured(void *the, void *refcon, uint8_t *message, uint16_t messageLength)
{
	uint16_t connection = *(uint16_t *)message;
	struct ble_gap_conn_desc desc;
	struct ble_store_key_sec key = {0};
	struct ble_store_value_sec bond;

	if (!findConnection(refcon, connection) || ble_gap_conn_find(connection, &desc))
		return;
	key.peer_addr = desc.peer_id_addr;
	gCompared = (0 == ble_store_read_peer_sec(&key, &bond)) && bond.sc && bond.authenticated;
	sdkDeliverOnSecured(the, refcon, message, messageLength);
	gCompared = 0;
}

void xs_cpns_ble_compared(xsMachine *the)
{
	xsmcSetBoolean(xsResult, gCompared);
}

static void startStore(void)
{
	ble_hs_cfg.sm_our_key_dist = ble_hs_cfg.sm_their_key_dist = BLE_SM_PAIR_KEY_DIST_ENC | BLE_SM_PAIR_KEY_DIST_ID;
	ble_store_config_init();
}

/* Everything that was paired. What is connected keeps its keys until it ends. */
void xs_cpns_ble_forget(xsMachine *the)
{
	gBefore.held = 0;
	if (gServer && gServer->ready)
		ble_store_clear();
}

/* Before the stack is up it has read no bond. */
static int countBonds(void)
{
	int count = 0;

	if (!gServer || !gServer->ready || ble_store_util_count(BLE_STORE_OBJ_TYPE_PEER_SEC, &count))
		return 0;
	return count;
}

void xs_cpns_ble_bonds(xsMachine *the)
{
	xsmcSetInteger(xsResult, countBonds());
}

/* 30 to 60 ms, or about a second: in units of 0.625 ms. */
static uint8_t gSlow = 0;

static int startAdvertising(uint8_t own, const ble_addr_t *peer, int32_t duration, const struct ble_gap_adv_params *params, ble_gap_event_fn *cb, void *arg)
{
	struct ble_gap_adv_params paced = *params;

	paced.itvl_min = gSlow ? 1636 : 48;
	paced.itvl_max = gSlow ? 1684 : 96;
	return ble_gap_adv_start(own, peer, duration, &paced, cb, arg);
}

/* Returns whether it advertises now. */
void xs_cpns_ble_pace(xsMachine *the)
{
	uint8_t slow = xsmcTest(xsArg(0)) ? 1 : 0;
	if (gServer && (slow != gSlow)) {
		gSlow = slow;
		if (ble_gap_adv_active())
			ble_gap_adv_stop();
	}
	if (gServer)
		ensureAdvertising(gServer);
	xsmcSetBoolean(xsResult, ble_gap_adv_active());
}

/* The name that the GAP service tells: 31 octets at most, as ESP-IDF has it. */
void xs_cpns_ble_name(xsMachine *the)
{
	char name[32] = {0};
	void *data;
	xsUnsignedValue length;

	xsmcGetBufferReadable(xsArg(0), &data, &length);
	c_memmove(name, data, length < sizeof(name) ? length : sizeof(name) - 1);
	ble_svc_gap_device_name_set(name);
}

static void deliverOnPasskey(void *the, void *refcon, uint8_t *message, uint16_t messageLength)
{
	if (findConnection(refcon, ((struct ble_gap_event *)message)->passkey.conn_handle))
		sdkDeliverOnPasskey(the, refcon, message, messageLength);
}

static void deliverSubscribe(void *the, void *refcon, uint8_t *message, uint16_t messageLength)
{
	BLESubscribe sub = (BLESubscribe)message;
	if (findCharacteristic(refcon, sub->attr_handle) && findConnection(refcon, sub->conn_handle))
		sdkDeliverSubscribe(the, refcon, message, messageLength);
}
