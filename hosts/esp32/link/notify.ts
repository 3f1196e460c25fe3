import type { GattCharacteristic, GattConnection } from "./gatt.js";

/** `Notify` by the SDK's own C; the SDK's JavaScript does not pass the completion on. */
export function notify(
  this: GattConnection,
  characteristic: GattCharacteristic,
  value: Uint8Array,
  sent: (error: number) => void,
): void {
  native("xs_gattserverconnection_notify").call(this, characteristic, value, sent);
}
