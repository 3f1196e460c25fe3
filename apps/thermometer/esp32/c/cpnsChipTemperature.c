#include "xsmc.h"
#include "xsHost.h"

#if ESP32
#include "soc/soc_caps.h"
#endif

#if SOC_TEMP_SENSOR_SUPPORTED
#include "driver/temperature_sensor.h"

/* The range in which the sensor errs by 1 °C at most, of those that ESP-IDF has (temperature_sensor_attributes). */
#define LEAST (-10)
#define MOST 80

static temperature_sensor_handle_t sensor;

static int start(void)
{
	temperature_sensor_config_t range = TEMPERATURE_SENSOR_CONFIG_DEFAULT(LEAST, MOST);
	if (temperature_sensor_install(&range, &sensor) != ESP_OK) {
		sensor = NULL;
		return 0;
	}
	if (temperature_sensor_enable(sensor) == ESP_OK)
		return 1;
	temperature_sensor_uninstall(sensor);
	sensor = NULL;
	return 0;
}

/* Degrees Celsius of the chip; undefined when it cannot be read. */
void xs_cpns_chip_temperature(xsMachine *the)
{
	float celsius;
	if ((sensor != NULL || start()) && temperature_sensor_get_celsius(sensor, &celsius) == ESP_OK)
		xsmcSetNumber(xsResult, celsius);
}

void xs_cpns_chip_temperature_close(xsMachine *the)
{
	if (sensor == NULL) return;
	temperature_sensor_disable(sensor);
	temperature_sensor_uninstall(sensor);
	sensor = NULL;
}
#else
/* The first ESP32 has none that ESP-IDF can read. */
void xs_cpns_chip_temperature(xsMachine *the) {}
void xs_cpns_chip_temperature_close(xsMachine *the) {}
#endif
