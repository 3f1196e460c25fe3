import { called, calledFor } from "../node/program/called.js";
import type { Setting } from "../node/program/settings.js";

/** Where the Server listens when nothing else is said. */
export const usualPort = 7443;
const usualData = "cpns-server";

/** A command of the Server that works on this data folder, to be copied. */
export const serverCall = (command: string, folder: string): string =>
  calledFor(`${called("server")} ${command}`, "--data", folder, usualData);

/** What `cpns server` takes. */
export const serverSettings: readonly Setting[] = Object.freeze([
  {
    name: "data",
    value: "FOLDER",
    about: "keys, certificate, and SQLite's database",
    otherwise: usualData,
  },
  {
    name: "database",
    value: "URL",
    about: "postgres://… in place of SQLite in the data folder",
    secret: true,
  },
  { name: "listen", value: "[HOST:]PORT", about: "where it listens", otherwise: String(usualPort) },
  {
    name: "hosts",
    value: "NAMES",
    about: "names by which it is reached, for its own certificate",
    otherwise: "localhost,127.0.0.1",
  },
  { name: "cert", value: "FILE", about: "your own certificate, PEM; read again on SIGHUP" },
  { name: "key", value: "FILE", about: "its key, PEM" },
  {
    name: "realm",
    value: "NAME",
    about: "its Entity ID, 1 to 32 characters; it never changes once devices are enrolled",
    otherwise: "cpns.example",
  },
  { name: "everybody", about: "lets every PNE join at every PN GW" },
  { name: "closed", about: "takes no registrations: users are made by `users add`" },
  {
    name: "history",
    value: "HOURS",
    about: "for how long values of topics are kept, to 168",
    otherwise: "24",
  },
  {
    name: "webhooks",
    value: "WHERE",
    about: "public HTTPS addresses, any, or no",
    otherwise: "public",
  },
  {
    name: "metrics",
    value: "[HOST:]PORT",
    about: "/metrics, /healthz and /readyz, without TLS, for this machine",
    otherwise: "127.0.0.1:7444",
  },
]);
