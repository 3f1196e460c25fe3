import { fromHex } from "../../../src/base/octets.js";
import type { Milliseconds } from "../../../src/base/units.js";
import type { DirectionKey } from "../../../src/crypto/keys/recordKeys.js";
import { Secret } from "../../../src/crypto/secret.js";
import { Reassembler } from "../../../src/link/fragment.js";
import { openRecord, parseRecord } from "../../../src/link/record.js";
import { nodeSuite } from "../../node/nodeSuite.js";
import type { BackhaulMessage } from "../world/backhaul.js";
import type { AirFragment, Direction } from "../world/radio.js";
import { type DescribedMessage, describeMessage } from "./describe.js";
import { documentStep } from "./documentSteps.js";
import type { Party } from "./parties.js";
import type { KeyLogLine } from "./suites.js";

/** One message as it passed between two parties. */
export interface RecordedMessage {
  readonly at: Milliseconds;
  readonly from: Party;
  readonly to: Party;
  readonly device: string | undefined;
  /** Octets of the message or record; fragments are 0 on the backhaul. */
  readonly octets: number;
  readonly fragments: number;
  readonly protectedBy: string | undefined;
  readonly message: DescribedMessage | undefined;
  /** Of the documents ("PNI-04b"), where it is one. */
  readonly step: string | undefined;
}

interface Half {
  readonly reassembler: Reassembler;
  fragments: number;
}

/** Keys of sessions that may still be in use: those that were not used for longest go first. */
const maximumKeys = 512;

/**
 * Watches air and backhaul, puts fragments together and, with the keys that the simulator was told, opens records.
 * It is an onlooker: the entities know nothing of it.
 */
export class Recorder {
  readonly #emit: (message: RecordedMessage) => void;
  readonly #halves = new Map<string, Half>();
  /** The last one that was made, or that has opened something, first. */
  readonly #keys: DirectionKey[] = [];
  /** PN IDs of the PNs that the PN GW has started, the latest first. */
  readonly #byGateway: string[] = [];

  constructor(emit: (message: RecordedMessage) => void) {
    this.#emit = emit;
  }

  key(line: KeyLogLine): void {
    if (!line.label.startsWith("CPNS record")) return;
    const octets = fromHex(line.secret);
    this.#keys.unshift({ key: new Secret(octets.slice(0, 32)), iv: octets.slice(32) });
    this.#keys.length = Math.min(this.#keys.length, maximumKeys);
  }

  fragment(device: string, fragment: AirFragment): void {
    const name = `${fragment.link}/${fragment.direction}`;
    const half = this.#halves.get(name) ?? { reassembler: new Reassembler(), fragments: 0 };
    this.#halves.set(name, half);
    half.fragments++;
    try {
      const message = half.reassembler.push(fragment.octets);
      if (message === undefined) return;
      const [from, to] = parties[fragment.direction];
      this.#record(message, { at: fragment.at, from, to, device, fragments: half.fragments });
    } catch {
      // Tampered with: the receiver names the error, the chart shows that nothing whole arrived.
      half.reassembler.reset();
    }
    half.fragments = 0;
  }

  /** Forgets what is half sent on links that were; link numbers are not used again. */
  linkClosed(link: number): void {
    this.#halves.delete(`${link}/toGateway`);
    this.#halves.delete(`${link}/toPNE`);
  }

  backhaul(message: BackhaulMessage): void {
    const [from, to]: [Party, Party] =
      message.direction === "toServer" ? ["PN GW", "Server"] : ["Server", "PN GW"];
    this.#record(message.octets, { at: message.at, from, to, device: undefined, fragments: 0 });
  }

  #record(
    octets: Uint8Array,
    where: Pick<RecordedMessage, "at" | "from" | "to" | "device" | "fragments">,
  ): void {
    const parsed = parseRecord(octets);
    const plaintext = parsed === undefined ? octets : this.#open(octets);
    const session = parsed?.sid === undefined ? "LocalEUKey session" : "PN GW session";
    const message = plaintext && describeMessage(plaintext);
    this.#emit({
      ...where,
      step: message && documentStep(where.from, where.to, message.name, this.#startedByGateway(message)),
      octets: octets.length,
      protectedBy: parsed === undefined ? undefined : session,
      message,
    });
  }

  #startedByGateway({ name, fields }: DescribedMessage): boolean {
    const pnID = fields.find((field) => field.name === "pnID")?.value;
    if (pnID === undefined) return false;
    if (name === "PNSetupRequest.gateway" && !this.#byGateway.includes(pnID)) this.#byGateway.unshift(pnID);
    this.#byGateway.length = Math.min(this.#byGateway.length, maximumKeys);
    return this.#byGateway.includes(pnID);
  }

  #open(record: Uint8Array): Uint8Array | undefined {
    for (const [index, key] of this.#keys.entries()) {
      try {
        const { plaintext } = openRecord(nodeSuite, key, -1, record);
        this.#keys.splice(index, 1);
        this.#keys.unshift(key);
        return plaintext;
      } catch {
        // Another session's key.
      }
    }
    return undefined;
  }
}

const parties: Readonly<Record<Direction, readonly [Party, Party]>> = Object.freeze({
  toGateway: ["PNE", "PN GW"],
  toPNE: ["PN GW", "PNE"],
});
