import { called, calledFor } from "../node/program/called.js";
import type { Setting } from "../node/program/settings.js";

/** For who sits at this machine, until somebody opens it to the network. */
export const usualPage = "127.0.0.1:7445";
const usualState = "cpns-gateway";

/** A command of the gateway that works on this state folder, to be copied. */
export const gatewayCommand = (command: string, folder = usualState): string =>
  calledFor(`${called("gateway")} ${command}`.trimEnd(), "--state", folder, usualState);

/** What `cpns gateway` takes. */
export const gatewaySettings: readonly Setting[] = Object.freeze([
  {
    name: "state",
    value: "FOLDER",
    about: "its keys and networks; of one gateway only",
    otherwise: usualState,
  },
  { name: "server", value: "URL", about: "https://HOST:PORT of its Server; kept after the first start" },
  {
    name: "pin",
    value: "PIN",
    about: "sha256/… as the Server prints it: trusts this key alone; kept; no: forgets it",
  },
  {
    name: "ca",
    value: "FILE",
    about: "trusts what this CA has signed, PEM; else the system's roots",
  },
  {
    name: "radio",
    value: "RADIO",
    about: "hci, hci0, …: Bluetooth; virtual:PATH or :PORT: devices without",
    otherwise: "hci",
  },
  {
    name: "page",
    value: "[HOST:]PORT",
    about: "its page: PORT alone for the whole network; no: none",
    otherwise: usualPage,
  },
  {
    name: "mqtt",
    value: "URL",
    about: "mqtt://HOST or mqtts://HOST: topics of devices, to a broker and from it",
  },
  { name: "mqtt-user", value: "NAME", about: "who it is to the broker" },
  { name: "mqtt-password", value: "PASSWORD", about: "its password there", secret: true },
  { name: "mqtt-ca", value: "FILE", about: "as --ca, for the broker" },
  { name: "mqtt-prefix", value: "LEVEL", about: "the first level of every topic", otherwise: "cpns" },
  {
    name: "mqtt-discovery",
    value: "LEVEL",
    about: "where Home Assistant looks; no: it is not told",
    otherwise: "homeassistant",
  },
  { name: "forward-secrecy", about: "offers forward secrecy to the Server" },
]);
