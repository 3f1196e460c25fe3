import type { BleStack, GattCharacteristic, GattConnection } from "./gatt.js";

/** The SDK's own C; its JavaScript does not pass the completion on. */
function notify(
  this: GattConnection,
  characteristic: GattCharacteristic,
  value: Uint8Array,
  sent: (error: number) => void,
): void {
  native("xs_gattserverconnection_notify").call(this, characteristic, value, sent);
}

function compared(this: unknown): boolean {
  return native("xs_cpns_ble_compared").call(this);
}

function pace(this: unknown, slow: boolean): boolean {
  return native("xs_cpns_ble_pace").call(this, slow);
}

function setName(this: unknown, name: Uint8Array): void {
  native("xs_cpns_ble_name").call(this, name);
}

function forget(this: unknown): void {
  native("xs_cpns_ble_forget").call(this);
}

function bonds(this: unknown): number {
  return native("xs_cpns_ble_bonds").call(this);
}

/** The functions of c/cpnsBle.c. */
export const bleStack: BleStack = Object.freeze({ notify, compared, pace, setName, forget, bonds });
