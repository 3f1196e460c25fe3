import type { Setting } from "../node/program/settings.js";

/** Where the Server listens when nothing else is said. */
export const usualPort = 7443;

/** What `cpns server` takes. */
export const serverSettings: readonly Setting[] = Object.freeze([
  {
    name: "data",
    value: "FOLDER",
    about: "keys, certificate and, by SQLite, the database",
    otherwise: "cpns-server",
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
    about: "names and addresses by which it is reached, with commas, for the certificate that it makes",
    otherwise: "localhost,127.0.0.1",
  },
  { name: "cert", value: "FILE", about: "a certificate of your own, PEM; read again on SIGHUP" },
  { name: "key", value: "FILE", about: "its key, PEM" },
  {
    name: "realm",
    value: "NAME",
    about: "the Server's Entity ID, 1 to 32 characters: it never changes once devices are enrolled",
    otherwise: "cpns.example",
  },
  { name: "everybody", about: "lets every PNE join at every PN GW, whoever owns them" },
  { name: "closed", about: "takes no registrations: users are made by `users add`" },
  {
    name: "metrics",
    value: "[HOST:]PORT",
    about: "/metrics, /healthz and /readyz, without TLS, for this machine",
    otherwise: "127.0.0.1:7444",
  },
]);
