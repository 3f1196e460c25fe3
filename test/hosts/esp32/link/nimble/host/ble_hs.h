/* Of NimBLE, FreeRTOS and the SDK what its GATT server needs to be looked at by a compiler;
nothing of it runs. */
#pragma once
#include <stdint.h>
#include <stddef.h>
struct os_mbuf { int len; };
typedef struct { uint8_t type, val[6]; } ble_addr_t;
typedef struct { uint8_t type; } ble_uuid_t; typedef struct { ble_uuid_t u; uint8_t v[16]; } ble_uuid_any_t;
#define BLE_ATT_MTU_MAX 527
#define BLE_ATT_MTU_DFLT 23
#define BLE_ATT_ERR_UNLIKELY 14
#define BLE_ATT_ERR_INSUFFICIENT_RES 17
#define BLE_HS_ENOMEM 6
#define BLE_HS_EDONE 14
#define BLE_HS_CONN_HANDLE_NONE 0xffff
#define BLE_HS_FOREVER 0x7fffffff
#define BLE_ERR_REM_USER_CONN_TERM 0x13
#define BLE_ERR_AUTH_FAIL 5
#define BLE_SM_PAIR_KEY_DIST_ENC 1
#define BLE_SM_PAIR_KEY_DIST_ID 2
struct ble_store_key_sec { ble_addr_t peer_addr; uint8_t idx; };
struct ble_store_value_sec { ble_addr_t peer_addr; unsigned authenticated:1, sc:1; };
int ble_store_read_peer_sec(const struct ble_store_key_sec *, struct ble_store_value_sec *);
int ble_store_read_our_sec(const struct ble_store_key_sec *, struct ble_store_value_sec *);
int ble_store_write_peer_sec(const struct ble_store_value_sec *);
int ble_store_write_our_sec(const struct ble_store_value_sec *);
int ble_store_util_delete_peer(const ble_addr_t *);
int ble_store_clear(void);
#define BLE_STORE_OBJ_TYPE_PEER_SEC 2
int ble_store_util_count(int type, int *count);
enum {
	BLE_HS_IO_DISPLAY_YESNO,
	BLE_HS_IO_KEYBOARD_DISPLAY,
	BLE_HS_IO_KEYBOARD_ONLY,
	BLE_HS_IO_DISPLAY_ONLY,
	BLE_HS_IO_NO_INPUT_OUTPUT,
};
enum { BLE_SM_IOACT_NONE, BLE_SM_IOACT_OOB, BLE_SM_IOACT_INPUT, BLE_SM_IOACT_DISP, BLE_SM_IOACT_NUMCMP };
struct ble_sm_io { uint8_t action; union { uint32_t passkey; uint8_t oob[16]; uint8_t numcmp_accept; }; };
int ble_sm_inject_io(uint16_t, struct ble_sm_io *);
struct ble_gatt_register_ctxt; struct ble_gatt_access_ctxt;
struct ble_hs_cfg {
	int sm_sc, sm_io_cap, sm_bonding, sm_mitm, sm_our_key_dist, sm_their_key_dist;
	void (*sync_cb)(void);
	void (*gatts_register_cb)(struct ble_gatt_register_ctxt *, void *);
	void *gatts_register_arg;
	int (*store_status_cb)(void *, void *);
	void (*reset_cb)(int);
};
extern struct ble_hs_cfg ble_hs_cfg;
int ble_store_util_status_rr(void *, void *);
int nimble_port_init(void);
void nimble_port_freertos_init(void (*)(void *));
void nimble_port_run(void);
void nimble_port_freertos_deinit(void);
struct os_mbuf *ble_hs_mbuf_from_flat(const void *, uint16_t);
int os_mbuf_append(struct os_mbuf *, const void *, uint16_t);
int os_mbuf_copydata(const struct os_mbuf *, int, int, void *);
#define OS_MBUF_PKTLEN(om) ((om)->len)
int ble_hs_id_infer_auto(int, uint8_t *);
int ble_att_set_preferred_mtu(uint16_t);
uint16_t ble_att_mtu(uint16_t);
int ble_svc_gap_device_name_set(const char *);
int ble_svc_gap_device_appearance_set(uint16_t);
void ble_svc_gap_init(void);
int ble_uuid_from_str(ble_uuid_any_t *, const char *);
