typedef enum { ESP_BT_CONTROLLER_STATUS_IDLE, ESP_BT_CONTROLLER_STATUS_ENABLED = 2 } esp_bt_controller_status_t;

extern esp_bt_controller_status_t esp_bt_controller_get_status(void);
