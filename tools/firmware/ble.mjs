// The SDK's GATT server with its known faults mended, as far as they are still there. What is not found is left alone:
// a newer SDK may have mended it, and its own way is then as good.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const blePeripheral = "embedded:io/bluetoothle/peripheral";

/** [what it is, in the SDK 8.2.3, instead of it] */
export const mends = {
  "bleserver.js": [
    [
      "a notification's completion is not passed on",
      'notify(characteristic, value) { return native("xs_gattserverconnection_notify").call(this, characteristic, value); }',
      'notify(characteristic, value, callback) { return native("xs_gattserverconnection_notify").call(this, characteristic, value, callback); }',
    ],
  ],
  "bleserver.c": [
    [
      "an MTU that is exchanged before the connection is known to JavaScript writes to address 0",
      "(findConnection(server, event->mtu.conn_handle))->maximumWrite = event->mtu.value - 3;",
      "{ BLEGATTServerConnection c = findConnection(server, event->mtu.conn_handle); if (c) c->maximumWrite = event->mtu.value - 3; }",
    ],
    [
      "a read or write on a connection that JavaScript has closed reads from address 0",
      "BLEGATTServerConnection connection = findConnection(gServer, conn_handle);		//@@ gServer\n",
      "BLEGATTServerConnection connection = findConnection(gServer, conn_handle);		//@@ gServer\n	if (C_NULL == connection) return BLE_ATT_ERR_UNLIKELY;\n",
    ],
    [
      "a subscription on such a connection does",
      "	uint8_t enable = sub->notify || sub->indicate;\n",
      "	if ((C_NULL == gsc) || (C_NULL == connection)) return;\n	uint8_t enable = sub->notify || sub->indicate;\n",
    ],
    [
      "so does the end of a pairing",
      "	if (0 != ble_gap_conn_find(conn_handle, &desc))\n		return;\n",
      "	if ((C_NULL == connection) || (0 != ble_gap_conn_find(conn_handle, &desc)))\n		return;\n",
    ],
    [
      "and a passkey",
      "	struct ble_gap_passkey_params *params = &event->passkey.params;\n\n	xsBeginHost(the);",
      "	struct ble_gap_passkey_params *params = &event->passkey.params;\n	if (C_NULL == connection) return;\n\n	xsBeginHost(the);",
    ],
    [
      "a notification under way when the server's list is empty is looked for at address 0",
      "			BLEGATTServerCharacteristic gsc = gsn->gsc;\n\n			if (gsc->indicate",
      "			if (C_NULL == gsn) return 0;\n			BLEGATTServerCharacteristic gsc = gsn->gsc;\n\n			if (gsc->indicate",
    ],
  ],
};

/** Mends `text`; what was found is counted. */
export function mend(name, text) {
  let found = 0;
  for (const [, before, after] of mends[name]) {
    if (!text.includes(before)) continue;
    found++;
    text = text.replace(before, () => after);
  }
  return { text, found, known: mends[name].length };
}

/** Writes the mended module with its manifest below `out`; returns the manifest's path. */
export function writeBle(sdk, out) {
  const folder = join(out, "ble");
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(mends)) {
    const source = readFileSync(join(sdk.folder, "modules/io/ble/server/esp32", name), "utf8");
    const { text, found, known } = mend(name, source);
    if (found < known)
      process.stderr.write(`cpns: ${name} of this SDK has ${found} of ${known} known faults\n`);
    writeFileSync(join(folder, name), text);
  }
  const manifest = {
    defines: { ble: { server: true } },
    modules: { "*": ["$(MODDABLE)/modules/io/common/builtinCommon"], [blePeripheral]: "./bleserver" },
    preload: [blePeripheral],
    platforms: { esp32: { dependency: [{ idf: "bt" }] } },
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest, undefined, 2));
  return "./ble/manifest.json";
}
