#pragma once
#include "ble_hs.h"
enum {
	BLE_GAP_EVENT_CONNECT,
	BLE_GAP_EVENT_ADV_COMPLETE,
	BLE_GAP_EVENT_ENC_CHANGE,
	BLE_GAP_EVENT_REPEAT_PAIRING,
	BLE_GAP_EVENT_DISCONNECT,
	BLE_GAP_EVENT_MTU,
	BLE_GAP_EVENT_PARING_COMPLETE,
	BLE_GAP_EVENT_PASSKEY_ACTION,
	BLE_GAP_EVENT_SUBSCRIBE,
	BLE_GAP_EVENT_NOTIFY_TX,
};
struct ble_gap_conn_desc {
	struct {
		unsigned encrypted:1, authenticated:1, bonded:1, key_size:5;
	} sec_state;
	ble_addr_t peer_id_addr;
	uint16_t conn_handle;
};
#define BLE_GAP_REPEAT_PAIRING_RETRY 1
#define BLE_GAP_REPEAT_PAIRING_IGNORE 2
struct ble_gap_repeat_pairing {
	uint16_t conn_handle;
	uint8_t cur_key_size, cur_authenticated:1, cur_sc:1, new_key_size, new_authenticated:1, new_sc:1, new_bonding:1;
};
struct ble_gap_passkey_params { uint8_t action; uint32_t numcmp; };
struct ble_gap_event {
	uint8_t type;
	union {
		struct {
			int status;
			uint16_t conn_handle;
		} connect;
		struct {
			int reason;
			struct ble_gap_conn_desc conn;
		} disconnect;
		struct {
			uint16_t conn_handle, channel_id, value;
		} mtu;
		struct {
			int status;
			uint16_t conn_handle;
		} enc_change;
		struct ble_gap_repeat_pairing repeat_pairing;
		struct {
			uint16_t conn_handle;
			struct ble_gap_passkey_params params;
		} passkey;
		struct {
			uint16_t conn_handle, attr_handle;
			uint8_t cur_notify, cur_indicate;
		} subscribe;
		struct {
			int status;
			uint16_t conn_handle, attr_handle;
			uint8_t indication;
		} notify_tx;
	};
};
struct ble_gap_adv_params { uint8_t conn_mode, disc_mode; uint16_t itvl_min, itvl_max; };
#define BLE_GAP_CONN_MODE_UND 2
#define BLE_GAP_DISC_MODE_GEN 2
typedef int ble_gap_event_fn(struct ble_gap_event *, void *);
int ble_gap_adv_active(void);
int ble_gap_adv_start(uint8_t, const ble_addr_t *, int32_t, const struct ble_gap_adv_params *, ble_gap_event_fn *, void *);
int ble_gap_adv_stop(void);
int ble_gap_adv_set_data(const uint8_t *, int);
int ble_gap_adv_rsp_set_data(const uint8_t *, int);
int ble_gap_terminate(uint16_t, uint8_t);
int ble_gap_conn_find(uint16_t, struct ble_gap_conn_desc *);
int ble_gap_security_initiate(uint16_t);
