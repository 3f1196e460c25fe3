import { X509Certificate } from "node:crypto";
import { isIPv6 } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { performance } from "node:perf_hooks";
import type { KeyValue, Log } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { ownCertificate } from "../../node/https/certificate.js";
import { Door } from "../../node/https/door.js";
import { lineOf } from "../../node/program/main.js";
import { placeOf, type Values } from "../../node/program/settings.js";
import type { ControlAnswer, ControlRequest } from "../control.js";
import type { PageView } from "../views.js";
import { FamiliarBrowsers } from "./familiar.js";
import { PagePassword } from "./password.js";
import { GatewayPages } from "./serve.js";

/** A household's browsers: each has six connections or so. */
const connections = Object.freeze({ all: 512, ofAddress: 64 });
const off = "no";

export interface PageHost {
  readonly store: KeyValue;
  readonly log: Log;
  answer(request: ControlRequest): Promise<ControlAnswer>;
}

/** The page with its door, certificate and password. */
export interface OpenPage {
  view(reset: boolean): PageView;
  changed(): void;
  close(): Promise<void>;
}

/** Host and port of the page; undefined where none is wanted. Throws Misuse, before anything is begun. */
export const pagePlace = ({ page = "" }: Values): ReturnType<typeof placeOf> | undefined =>
  page === off ? undefined : placeOf("--page", page);

/**
 * Opens the page that the settings ask for. Where it cannot be, the gateway goes on without: `trouble` is told one line.
 */
export async function openPage(
  values: Values,
  { store, log, answer }: PageHost,
  trouble: (line: string) => void,
): Promise<OpenPage | undefined> {
  const place = pagePlace(values);
  if (place === undefined) return undefined;
  const certificate = await ownCertificate(values.state ?? "", ownNames());
  const password = new PagePassword(store);
  const familiar = new FamiliarBrowsers(store);
  const event = log.event.bind(log);
  const now = (): Milliseconds => Milliseconds(performance.now());
  const pages = new GatewayPages({ password, familiar, now, answer, log: event });
  const door = new Door({
    certificate,
    connections,
    answer: (request, response) => pages.answer(request, response),
    log: event,
  });
  try {
    const port = await door.listen(place.port, place.host);
    const { fingerprint256: fingerprint } = new X509Certificate(certificate.cert);
    const addresses = hostsOf(place.host).map((host) => `https://${host}:${port}/`);
    return {
      view(reset) {
        if (reset) {
          pages.signOutAll();
          password.reset();
          event("page.reset");
          familiar.forget();
        }
        const { code } = password;
        return { addresses, fingerprint, ...(code !== undefined && { code }) };
      },
      changed: () => pages.changed(),
      async close() {
        pages.close();
        await door.close();
      },
    };
  } catch (error) {
    pages.close();
    trouble(`it has no page: ${lineOf(error)} (--page)`);
    return undefined;
  }
}

/** What is told at the start, and by `cpns gateway page`. */
export function pageLines({ addresses, fingerprint, code }: PageView): readonly string[] {
  const lines = [
    `its page is at ${addresses.join(" and ")}`,
    `browsers do not know its certificate; its SHA-256 fingerprint is ${fingerprint}`,
  ];
  if (code !== undefined) lines.push(`choose the page's password there, with the code ${code}`);
  return lines;
}

const local = ["localhost", "127.0.0.1", "::1"] as const;

/** Addresses of this machine that others on its networks see. */
const outside = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);

const machine = (): readonly string[] => {
  const name = hostname();
  if (!/^[a-z0-9]([a-z0-9-]{0,62})$/i.test(name)) return [];
  return [name, `${name}.local`];
};

/** By what the page may be reached, as far as it is known at the first start. */
const ownNames = (): readonly string[] => [...new Set([...local, ...machine(), ...outside()])];

function hostsOf(host: string | undefined): readonly string[] {
  const everywhere = host === undefined || host === "0.0.0.0" || host === "::";
  if (!everywhere) return [isIPv6(host) ? `[${host}]` : host];
  const [first] = outside();
  return [first ?? local[0], ...machine().slice(1)];
}
