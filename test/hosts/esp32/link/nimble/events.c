/* What our functions answer to NimBLE's events. NimBLE and XS are stand-ins; what is wrong is printed. */
#include <stdio.h>
#include "cpnsBle.c"

struct ble_hs_cfg ble_hs_cfg;

static int wrong = 0;
#define EXPECT(condition) \
	do { \
		if (!(condition)) { \
			printf("line %d: %s\n", __LINE__, #condition); \
			wrong = 1; \
		} \
	} while (0)

/* ── NimBLE ── */

static int terminated, deleted, deletes, started, stores, active;
static struct ble_gap_adv_params params;
static struct ble_store_value_sec bond;
/* Of the peer 9: whether its bond is there, and how often either half of it was written. */
static int bonded = 1, wroteOurs, wroteTheirs;

int ble_gap_terminate(uint16_t connection, uint8_t reason) { terminated = reason; return 0; }
int ble_gap_conn_find(uint16_t connection, struct ble_gap_conn_desc *desc)
{
	if (connection != 1)
		return 7;
	memset(desc, 0, sizeof(*desc));
	desc->peer_id_addr.val[0] = 9;
	return 0;
}
int ble_store_util_delete_peer(const ble_addr_t *peer)
{
	deleted = peer->val[0];
	if (!deletes)
		bonded = 0;
	return deletes;
}
int ble_store_read_peer_sec(const struct ble_store_key_sec *key, struct ble_store_value_sec *value)
{
	*value = bond;
	value->peer_addr = key->peer_addr;
	return bonded && key->peer_addr.val[0] == 9 ? 0 : 5;
}
int ble_store_read_our_sec(const struct ble_store_key_sec *key, struct ble_store_value_sec *value)
{
	return ble_store_read_peer_sec(key, value);
}
int ble_store_write_peer_sec(const struct ble_store_value_sec *value) { wroteTheirs = value->peer_addr.val[0]; bonded = 1; return 0; }
int ble_store_write_our_sec(const struct ble_store_value_sec *value) { wroteOurs = value->peer_addr.val[0]; return 0; }
int ble_store_clear(void) { bonded = 0; return 0; }
int ble_store_util_count(int type, int *count)
{
	*count = bonded;
	return type == BLE_STORE_OBJ_TYPE_PEER_SEC && bonded < 9 ? 0 : 5;
}
void ble_store_config_init(void) { stores++; }
int ble_gap_adv_active(void) { return active; }
int ble_gap_adv_start(uint8_t own, const ble_addr_t *peer, int32_t time, const struct ble_gap_adv_params *given, ble_gap_event_fn *cb, void *arg)
{
	params = *given;
	started++;
	return 0;
}

/* ── XS ── */

static modMessageDeliver posted;
int modMessagePostToMachine(void *the, uint8_t *message, uint16_t length, modMessageDeliver cb, void *refcon)
{
	posted = cb;
	return 0;
}

static int told(BLEServer server, struct ble_gap_event *event)
{
	posted = NULL;
	terminated = deleted = 0;
	return handleGAPEvent(event, server);
}

static void pairing(BLEServer server)
{
	struct ble_gap_event event = {.type = BLE_GAP_EVENT_REPEAT_PAIRING};

	event.repeat_pairing.conn_handle = 1;
	event.repeat_pairing.new_sc = event.repeat_pairing.new_bonding = 1;
	EXPECT(told(server, &event) == BLE_GAP_REPEAT_PAIRING_RETRY && deleted == 9);

	/* A bond that stays would be asked about for ever. */
	deletes = 5;
	EXPECT(told(server, &event) == BLE_GAP_REPEAT_PAIRING_IGNORE);
	deletes = 0;
	event.repeat_pairing.new_sc = 0;
	EXPECT(told(server, &event) == BLE_GAP_REPEAT_PAIRING_IGNORE && !deleted);
	event.repeat_pairing.new_sc = 1;
	event.repeat_pairing.new_bonding = 0;
	EXPECT(told(server, &event) == BLE_GAP_REPEAT_PAIRING_IGNORE && !deleted);
	event.repeat_pairing.new_bonding = 1;
	event.repeat_pairing.conn_handle = 2;
	EXPECT(told(server, &event) == BLE_GAP_REPEAT_PAIRING_IGNORE && !deleted);
}

/* Pairs anew on connection 1, up to the event that ends it. Returns whether both halves of the bond were written. */
static int pairedUntil(BLEServer server, int again, struct ble_gap_event end)
{
	struct ble_gap_event event = {.type = BLE_GAP_EVENT_REPEAT_PAIRING};

	event.repeat_pairing.conn_handle = 1;
	event.repeat_pairing.new_sc = event.repeat_pairing.new_bonding = 1;
	bonded = 1;
	told(server, &event);
	EXPECT(!bonded);
	bonded = again;
	wroteOurs = wroteTheirs = 0;
	told(server, &end);
	return (wroteOurs == 9) + (wroteTheirs == 9);
}

static void bondBefore(BLEServer server)
{
	struct ble_gap_event ended = {.type = BLE_GAP_EVENT_ENC_CHANGE};
	struct ble_gap_event gone = {.type = BLE_GAP_EVENT_DISCONNECT};

	ended.enc_change.conn_handle = gone.disconnect.conn.conn_handle = 1;
	ended.enc_change.status = 5;
	EXPECT(pairedUntil(server, 0, ended) == 2);
	/* Once. */
	bonded = wroteOurs = wroteTheirs = 0;
	told(server, &ended);
	EXPECT(!wroteOurs && !wroteTheirs);
	EXPECT(pairedUntil(server, 0, gone) == 2);
	/* There is another one. */
	EXPECT(pairedUntil(server, 1, gone) == 0);
	gone.disconnect.conn.conn_handle = 2;
	EXPECT(pairedUntil(server, 0, gone) == 0);
	ended.enc_change.status = 0;
	EXPECT(pairedUntil(server, 0, ended) == 0);
	/* What everybody was to forget does not come back. */
	ended.enc_change.status = 5;
	pairedUntil(server, 0, gone);
	xs_cpns_ble_forget(NULL);
	bonded = wroteOurs = wroteTheirs = 0;
	told(server, &ended);
	EXPECT(!wroteOurs && !wroteTheirs);
	bonded = 1;
}

static void passkey(BLEServer server)
{
	static const uint8_t weak[] = {BLE_SM_IOACT_NONE, BLE_SM_IOACT_OOB, BLE_SM_IOACT_INPUT, BLE_SM_IOACT_DISP};
	struct ble_gap_event event = {.type = BLE_GAP_EVENT_PASSKEY_ACTION};

	event.passkey.conn_handle = 1;
	for (unsigned i = 0; i < sizeof(weak); i++) {
		event.passkey.params.action = weak[i];
		told(server, &event);
		EXPECT(terminated == BLE_ERR_AUTH_FAIL && !posted);
	}
	event.passkey.params.action = BLE_SM_IOACT_NUMCMP;
	told(server, &event);
	EXPECT(!terminated && posted == deliverOnPasskey);
}

static void advertising(BLEServer server)
{
	struct ble_gap_event event = {.type = BLE_GAP_EVENT_CONNECT};

	event.connect.status = 13;
	told(server, &event);
	EXPECT(posted == deliverAdvertise);
	server->advertising = 1;
	posted(NULL, server, NULL, 0);
	EXPECT(started == 1 && params.itvl_min == 48 && params.itvl_max == 96);
	EXPECT(params.conn_mode == BLE_GAP_CONN_MODE_UND && params.disc_mode == BLE_GAP_DISC_MODE_GEN);
	gSlow = 1;
	posted(NULL, server, NULL, 0);
	EXPECT(params.itvl_min == 1636 && params.itvl_max == 1684);
	event.connect.status = 0;
	told(server, &event);
	EXPECT(posted == deliverConnect);
	event.type = BLE_GAP_EVENT_ADV_COMPLETE;
	told(server, &event);
	EXPECT(posted == deliverAdvertise);
}

static void security(BLEServer server)
{
	struct ble_gap_event event = {.type = BLE_GAP_EVENT_ENC_CHANGE};

	event.enc_change.conn_handle = 1;
	told(server, &event);
	EXPECT(posted == deliverOnSecured);
	event.enc_change.status = 5;
	told(server, &event);
	EXPECT(!posted);
	startStore();
	EXPECT(stores == 1);
	EXPECT(ble_hs_cfg.sm_our_key_dist == 3 && ble_hs_cfg.sm_their_key_dist == 3);
}

/* As the settings show them, and forget them. */
static void bondsCounted(BLEServer server)
{
	bonded = 2;
	server->ready = 0;
	EXPECT(countBonds() == 0);
	xs_cpns_ble_forget(NULL);
	EXPECT(bonded == 2);
	server->ready = 1;
	EXPECT(countBonds() == 2);
	bonded = 9;
	EXPECT(countBonds() == 0);
	xs_cpns_ble_forget(NULL);
	EXPECT(countBonds() == 0 && bonded == 0);
	gServer = NULL;
	EXPECT(countBonds() == 0);
}

int main(void)
{
	static BLEServerRecord server;

	gServer = &server;
	server.onPasskey = server.onSecured = (void *)1;
	pairing(&server);
	bondBefore(&server);
	passkey(&server);
	advertising(&server);
	security(&server);
	bondsCounted(&server);
	return wrong;
}
