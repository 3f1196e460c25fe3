/** What it does is in link/gatt.ts. */
declare module "embedded:io/bluetoothle/peripheral" {
  export class GATTServer {
    private constructor();
  }
}
