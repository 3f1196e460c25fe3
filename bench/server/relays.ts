import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { OpenServer } from "../../hosts/server/open.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage, messageSet, peekMessage } from "../../src/codec/message.js";
import { Method } from "../../src/codec/methods.js";
import { type ProverSecrets, proverSecrets } from "../../src/crypto/spake2plus.js";
import { RecordLayer } from "../../src/link/record.js";
import type { Step } from "../../src/procedure/procedure.js";
import { relayed } from "../../src/protocols/data/messages.js";
import { EnrolClient } from "../../src/protocols/enrolment/client.js";
import { passwordIdentity } from "../../src/protocols/enrolment/transcript.js";
import { crowdUsers, passwordOf } from "./devices.js";
import { authenticated, type GatewayKey } from "./gateways.js";
import type { Asks } from "./leg.js";

const answers = messageSet(relayed);
const serverID = ascii("cpns.example");

/**
 * What devices make of the passwords of the crowd: derived before anything counts, since the time that a device takes for
 * it is not the Server's.
 */
export async function proversOf({ store }: OpenServer): Promise<ReadonlyMap<string, () => ProverSecrets>> {
  const made = new Map<string, () => ProverSecrets>();
  for (const user of crowdUsers) {
    const known = await store.read(({ users }) => users.get(hex(ascii(user))));
    if (known === undefined) throw new Error(`no ${user}`);
    const derivation = nodeSuite.pbkdf2(ascii(passwordOf(user)), known.salt, known.iterations);
    const salted = derivation.step(known.iterations);
    if (salted === undefined) throw new Error("not derived");
    made.set(user, () => proverSecrets(nodeSuite, salted, passwordIdentity(ascii(user), serverID)));
  }
  return made;
}

/** A PN GW with a session, which relays the messages of devices that enrol one after the other. */
export class Relay {
  readonly #leg: Asks;
  readonly #from: number;
  readonly #gateway: GatewayKey;
  readonly #layer: RecordLayer;

  private constructor(leg: Asks, from: number, gateway: GatewayKey, layer: RecordLayer) {
    this.#leg = leg;
    this.#from = from;
    this.#gateway = gateway;
    this.#layer = layer;
  }

  static async open(leg: Asks, gateway: GatewayKey, from: number): Promise<Relay> {
    const session = await authenticated(leg, gateway, from);
    const clock = { now: () => Milliseconds(Date.now()) };
    return new Relay(
      leg,
      from,
      gateway,
      new RecordLayer({ suite: nodeSuite, clock, role: "initiator", ...session }),
    );
  }

  async #ask(origin: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
    const request = encodeMessage(relayed, peekMessage(message)?.exchange ?? 0, { origin, message });
    const answer = await this.#leg.ask(this.#layer.seal(request), this.#from);
    return answers.decode(this.#layer.open(answer)).body.message;
  }

  /** A device of this name gets its EUKey by SPAKE2+, with what was made of the User's password. */
  async enrol(device: string, user: string, password: ProverSecrets): Promise<void> {
    const pne = ascii(device);
    let committed = false;
    const client = new EnrolClient(
      {
        suite: nodeSuite,
        random: nodeRandom,
        parties: { pne, gateway: this.#gateway.entityID, server: serverID },
        userID: ascii(user),
        password,
        methods: [Method.spake2plus],
        stage: () => {},
        commit: () => {
          committed = true;
        },
      },
      1,
    );
    for (let step: Step<unknown> = client.start(); step.kind !== "done"; ) {
      if (step.kind === "derive") throw new Error("it was derived before");
      step = client.receive(await this.#ask(pne, step.octets));
    }
    if (!committed) throw new Error(`${device} has no key`);
  }
}
