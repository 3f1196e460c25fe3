import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hex } from "../../../src/base/octets.js";
import type { Log } from "../../../src/base/ports.js";
import { writeDurably } from "../../node/program/durableFile.js";
import { Misuse } from "../../node/program/misuse.js";
import type { Values } from "../../node/program/settings.js";
import type { GatewayProgram } from "../program.js";
import { MqttBridge } from "./bridge.js";
import { cleaned, type KeptLevel } from "./names.js";

/** The bridge that the settings ask for; undefined without a broker. Throws Misuse. */
export function bridgeOf(
  values: Values,
  program: GatewayProgram,
  { log, gatewayID }: { readonly log: Log; readonly gatewayID: Uint8Array },
): MqttBridge | undefined {
  const access = accessOf(values);
  if (access === undefined) return undefined;
  const discovery = values["mqtt-discovery"];
  return new MqttBridge({
    ...access,
    layout: {
      prefix: level(values, "mqtt-prefix"),
      gateway: hex(gatewayID),
      discovery: discovery === "no" ? undefined : level(values, "mqtt-discovery"),
    },
    log,
    pns: () => program.networks,
    send: (command) => program.command(command),
    kept: keptIn(join(values.state ?? "", "mqtt-topics.json"), (one) => typeof one === "string"),
    levels: keptIn(join(values.state ?? "", "mqtt-names.json"), isKeptLevel),
    say: (line) => process.stderr.write(`cpns gateway: ${line}\n`),
  });
}

/** Where the broker is and how it is entered; undefined without one. Throws Misuse, before anything is begun. */
export function accessOf(
  values: Values,
): Pick<ConstructorParameters<typeof MqttBridge>[0], "url" | "access"> | undefined {
  const { mqtt } = values;
  if (mqtt === undefined) return undefined;
  level(values, "mqtt-prefix");
  const url = URL.canParse(mqtt) ? new URL(mqtt) : undefined;
  if (url === undefined || !/^mqtts?:$/.test(url.protocol) || url.hostname === "" || url.port === "0")
    throw new Misuse("--mqtt takes mqtt://HOST, mqtts://HOST, with :PORT if need be");
  if (url.username !== "" || url.password !== "")
    throw new Misuse("--mqtt takes no user name: give --mqtt-user and CPNS_MQTT_PASSWORD");
  const { "mqtt-user": username, "mqtt-password": password, "mqtt-ca": ca } = values;
  return {
    url: url.href,
    access: {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(ca !== undefined && { ca: certificate(ca) }),
    },
  };
}

function certificate(file: string): Buffer {
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    throw new Misuse(`--mqtt-ca ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    new X509Certificate(pem);
  } catch {
    throw new Misuse(`--mqtt-ca ${file} is no certificate in PEM`);
  }
  return pem;
}

function level(values: Values, name: string): string {
  const value = values[name] ?? "";
  if (value === "" || cleaned(value) !== value)
    throw new Misuse(`--${name} takes 1 to 32 of a-z, 0-9 and "-"`);
  return value;
}

const isKeptLevel = (one: unknown): one is KeptLevel =>
  Array.isArray(one) &&
  one.length === 3 &&
  one.every((part) => typeof part === "string") &&
  /^[0-9a-z-]{1,64}$/.test(String(one[2]));

/** A list beside the gateway's state; what is damaged is as good as nothing. */
function keptIn<Item>(
  file: string,
  isItem: (one: unknown) => one is Item,
): { read(): readonly Item[]; write(items: readonly Item[]): void } {
  return {
    read() {
      try {
        const items: unknown = JSON.parse(readFileSync(file, "utf8"));
        return Array.isArray(items) ? items.filter(isItem) : [];
      } catch {
        return [];
      }
    },
    write(items) {
      try {
        writeDurably(file, Buffer.from(JSON.stringify(items)));
      } catch {
        // A full disk costs no more than a topic that stays at the broker, or a name that is given anew.
      }
    },
  };
}
