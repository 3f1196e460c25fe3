import type { KeyLogLine } from "../../hosts/simulator/network/suites.js";
import type { Family } from "../support/family.js";
import { a, type Body, lp, openRecord, parse, type Seen } from "./protocolPage.js";

/** One message as it passed, opened. */
export interface Heard extends Seen {
  readonly to: "PNE" | "PN GW" | "Server";
  /** Whose link it passed on; none between PN GW and Server. */
  readonly device: string | undefined;
}

/** Attributes by their names on the protocol's page. */
export const key = Object.freeze({
  result: 0,
  entityID: 1,
  pnID: 3,
  rand: 4,
  hash: 5,
  wrappedKey: 12,
  keyID: 13,
  expiresAt: 14,
  pneInfo: 15,
  pnInventory: 16,
  members: 17,
  setupType: 18,
  targets: 19,
  origin: 20,
  message: 21,
  flags: 22,
  gatewayCopy: 27,
});

const relayed = 28;

/** Hears what passes in a network, opens records by the session keys that the simulator tells, and keeps every message. */
export class Onlooker {
  readonly heard: Heard[] = [];
  readonly #log: KeyLogLine[] = [];
  /** Of sessions, the latest first. */
  readonly #sessions: string[] = [];
  readonly #parts = new Map<string, Buffer[]>();

  readonly keylog = (line: KeyLogLine): void => {
    if (!line.label.startsWith("CPNS record")) this.#log.push(line);
    else if (!this.#sessions.includes(line.ikm)) this.#sessions.unshift(line.ikm);
  };

  watch(net: Family): void {
    net.onFragment = (device, { link, direction, octets }) => {
      const first = ((octets[0] ?? 0) & 0x80) !== 0;
      const name = `${link} ${direction}`;
      const parts = first ? [] : (this.#parts.get(name) ?? []);
      parts.push(Buffer.from(octets.subarray(first ? 4 : 2)));
      this.#parts.set(name, parts);
      const to = direction === "toPNE" ? "PNE" : "PN GW";
      if (((octets[0] ?? 0) & 0x40) !== 0) this.#hear(to, device.id, Buffer.concat(parts));
    };
    net.onBackhaul = ({ direction, octets }) =>
      this.#hear(direction === "toServer" ? "Server" : "PN GW", undefined, Buffer.from(octets));
  }

  #hear(to: Heard["to"], device: string | undefined, octets: Buffer): void {
    const plain = octets[0] === 0x84 ? octets : this.#open(to, device, octets);
    this.heard.push({ ...parse(plain), to, device });
  }

  #open(to: Heard["to"], device: string | undefined, record: Buffer): Buffer {
    const up = to === "Server" || (to === "PN GW" && device !== undefined);
    for (const session of this.#sessions) {
      try {
        return openRecord(Buffer.from(session, "hex"), up ? "i2r" : "r2i", record);
      } catch {
        // Another session's.
      }
    }
    throw new Error("a record that no session key opens");
  }

  /** Of this type, from the first on. */
  of(type: number, device?: string): Heard[] {
    return this.heard.filter((one) => one.type === type && (device === undefined || one.device === device));
  }

  /** Types in their order, of what the PN GW and this device said to each other. */
  types(device: string): number[] {
    return this.heard.filter((one) => one.device === device).map(({ type }) => type);
  }

  /** The EUKey of a PNE or PN GW, from which its keys were derived last. */
  euKey(owner: Uint8Array): Buffer {
    const info = Buffer.concat([a("auth"), lp(owner)]).toString("hex");
    const salt = a("CPNS-EUK-v1").toString("hex");
    const line = this.#log.filter((one) => one.salt === salt && one.info === info).at(-1);
    if (line === undefined) throw new Error("no EUKey is known of it");
    return Buffer.from(line.ikm, "hex");
  }
}

export const relayedMessages = (heard: readonly Heard[]): Seen[] =>
  heard.filter(({ type }) => type === relayed).map(({ body }) => parse(body.get(key.message) as Uint8Array));

export const octetsOf = (body: Body, name: number): Buffer => Buffer.from(body.get(name) as Uint8Array);
export const bodiesOf = (body: Body, name: number): Body[] => body.get(name) as Body[];
