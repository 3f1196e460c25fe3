import type { Setting } from "../node/program/settings.js";

/** What `cpns gateway` takes. */
export const gatewaySettings: readonly Setting[] = Object.freeze([
  {
    name: "state",
    value: "FOLDER",
    about: "its keys and networks; of one gateway only",
    otherwise: "cpns-gateway",
  },
  { name: "server", value: "URL", about: "https://HOST:PORT of its Server; kept after the first start" },
  { name: "pin", value: "PIN", about: "sha256/… as the Server prints it: trusts this key alone" },
  {
    name: "ca",
    value: "FILE",
    about: "trusts what this CA has signed, PEM; without pin and CA the system's roots count",
  },
  {
    name: "radio",
    value: "RADIO",
    about: "hci, hci0, …: a Bluetooth adapter; virtual:PATH or :PORT: devices without one",
    otherwise: "hci",
  },
  { name: "forward-secrecy", about: "offers forward secrecy to the Server" },
]);
