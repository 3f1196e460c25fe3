#pragma once
#include "ble_hs.h"
#define BLE_GATT_SVC_TYPE_PRIMARY 1
#define BLE_GATT_CHR_PROP_READ 2
#define BLE_GATT_CHR_PROP_WRITE_NO_RSP 4
#define BLE_GATT_CHR_PROP_WRITE 8
#define BLE_GATT_CHR_PROP_NOTIFY 16
#define BLE_GATT_CHR_PROP_INDICATE 32
#define BLE_GATT_CHR_PROP_AUTH_SIGN_WRITE 64
#define BLE_ATT_F_READ 1
#define BLE_ATT_F_WRITE 2
enum {
	BLE_GATT_ACCESS_OP_READ_CHR,
	BLE_GATT_ACCESS_OP_WRITE_CHR,
	BLE_GATT_ACCESS_OP_READ_DSC,
	BLE_GATT_ACCESS_OP_WRITE_DSC,
};
typedef int ble_gatt_access_fn(uint16_t, uint16_t, struct ble_gatt_access_ctxt *, void *);
struct ble_gatt_dsc_def {
	const ble_uuid_t *uuid;
	uint8_t att_flags;
	ble_gatt_access_fn *access_cb;
	void *arg;
};
struct ble_gatt_chr_def {
	const ble_uuid_t *uuid;
	ble_gatt_access_fn *access_cb;
	void *arg;
	struct ble_gatt_dsc_def *descriptors;
	uint32_t flags;
	uint8_t min_key_size;
	uint16_t *val_handle;
	void *cpfd;
};
struct ble_gatt_svc_def {
	uint8_t type;
	const ble_uuid_t *uuid;
	const struct ble_gatt_svc_def **includes;
	const struct ble_gatt_chr_def *characteristics;
};
struct ble_gatt_access_ctxt { uint8_t op; struct os_mbuf *om; };
#define BLE_GATT_REGISTER_OP_DSC 3
struct ble_gatt_register_ctxt {
	uint8_t op;
	struct {
		uint16_t handle;
		const struct ble_gatt_dsc_def *dsc_def;
		const struct ble_gatt_chr_def *chr_def;
	} dsc;
};
int ble_gatts_reset(void);
int ble_gatts_count_cfg(const struct ble_gatt_svc_def *);
int ble_gatts_add_svcs(const struct ble_gatt_svc_def *);
int ble_gatts_start(void);
int ble_gatts_notify_custom(uint16_t, uint16_t, struct os_mbuf *);
int ble_gatts_indicate_custom(uint16_t, uint16_t, struct os_mbuf *);
