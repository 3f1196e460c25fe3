import { wipe } from "../../base/octets.js";
import { attempt, contain, type Done } from "../../base/outcome.js";
import { randomOctets } from "../../base/ports.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { failure } from "../../codec/replies.js";
import { Result, resultOf } from "../../codec/results.js";
import { encode } from "../../codec/schema.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { readAnswer } from "../../procedure/answers.js";
import { askTimeout, type DeviceLink, type Said } from "../../procedure/deviceLink.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError, refusal } from "../../procedure/procedure.js";
import { runProcedure } from "../../procedure/run.js";
import { type AssignedKey, EnrolClient } from "../enrolment/client.js";
import { keyDelivery } from "../enrolment/messages.js";
import { deliveryNonceLength } from "../enrolment/transcript.js";
import { type DeviceParties, temporaryDeliveryAad } from "./delivery.js";
import {
  type Credentials,
  euKeyAssignmentTemporary,
  euKeyAssignmentTrigger,
  euKeyAssignmentUnderTemporary,
  temporaryKeyRequest,
  temporaryKeyResponse,
  triggeredTime,
} from "./messages.js";

export interface TemporaryHost {
  readonly ports: GatewayPorts;
  /** Those on which a PNE claims the Entity ID, all the same one: who has the Temporary Key shows it. */
  readonly links: readonly DeviceLink[];
  /** To the Server, relayed for the PNE's Entity ID. */
  readonly relayed: Exchange;
  /** To the Server, for the PN GW itself. */
  readonly exchange: Exchange;
}

type Asked = Said<typeof euKeyAssignmentTemporary>;

/**
 * SEC-05 at the PN GW: authenticates its User to the Server for the PNE, gets the PNE's EUKey, lets the PNE prove that
 * it is there, gets TK' for it (SEC-06), and delivers. The EUKey is wiped with the delivery; that this PN GW has had it
 * is what C-18 is for. Ends once the Server has acknowledged the key to the PNE.
 */
export function enrolUnderTemporaryKey(
  host: TemporaryHost,
  { userID, password }: Credentials,
  done: Done<undefined>,
): void {
  const { suite, random, gatewayID, serverID } = host.ports;
  const entityID = host.links[0]?.entityID;
  if (entityID === undefined) throw new ProcedureError("device.notThere");
  const parties = { pne: entityID, gateway: gatewayID, server: serverID };
  let held: AssignedKey | undefined;
  const client = new EnrolClient(
    {
      suite,
      random,
      parties,
      userID,
      password,
      methods: [Method.spake2plus],
      stage: ({ id, key, createdAt }) => {
        held = { id, key: key.copy(), createdAt };
      },
    },
    1,
  );
  runProcedure(client, host.relayed, host.ports.fault, (outcome) => {
    if ("error" in outcome) return done(outcome);
    if (held === undefined) return done({ error: new ProcedureError("enrol.notTrusted") });
    const key = held;
    tryEach(host, parties, userID, key, (delivered) => {
      key.key.wipe();
      done(delivered);
    });
  });
}

/** One claimant after the other, until one has proven itself: the Server tells by the Temporary Key. */
function tryEach(
  host: TemporaryHost,
  parties: DeviceParties,
  userID: Uint8Array,
  held: AssignedKey,
  done: Done<undefined>,
): void {
  const [link, ...others] = host.links;
  if (link === undefined) return done({ error: new ProcedureError("device.notThere") });
  new Delivery(host, link, parties, userID, held, (outcome) => {
    // With the delivery it is wiped.
    if (others.length > 0 && !held.key.wiped)
      tryEach({ ...host, links: others }, parties, userID, held, done);
    else done(outcome);
  }).start();
}

/** From the EUKey in hand to its delivery. */
class Delivery {
  readonly #host: TemporaryHost;
  readonly #link: DeviceLink;
  readonly #parties: DeviceParties;
  readonly #userID: Uint8Array;
  readonly #held: AssignedKey;
  readonly #done: Done<undefined>;
  readonly #rand: Uint8Array;

  constructor(
    host: TemporaryHost,
    link: DeviceLink,
    parties: DeviceParties,
    userID: Uint8Array,
    held: AssignedKey,
    done: Done<undefined>,
  ) {
    this.#host = host;
    this.#link = link;
    this.#parties = parties;
    this.#userID = userID;
    this.#held = held;
    this.#done = done;
    this.#rand = randomOctets(host.ports.random, 32);
  }

  start(): void {
    const link = this.#link;
    link.expect(euKeyAssignmentTemporary, askTimeout, (said) => {
      if ("value" in said) this.#release(said.value);
      // Its link is there, and it says nothing: it has an owner (PNR-07).
      else if (said.error.code === "timeout") this.#done({ error: new ProcedureError("device.refused") });
      else this.#done(said);
    });
    const body = { userID: this.#userID, rand: this.#rand, keyID: this.#held.id };
    link.push((exchange) => encodeMessage(euKeyAssignmentTrigger, exchange, body));
  }

  /** TemporaryKeyRequest: the PNE waits for the answer to its own request meanwhile. */
  #release({ message, answer }: Asked): void {
    const { rand, epoch, proof } = message.body;
    const { pne: entityID } = this.#parties;
    const body = { entityID, keyID: this.#held.id, rand, gatewayRand: this.#rand, epoch, proof };
    this.#host.exchange(encodeMessage(temporaryKeyRequest, message.exchange, body), (outcome) => {
      const sealed = contain(() => {
        if ("error" in outcome) throw outcome.error;
        return this.#seal(releasedBy(outcome.value));
      }, this.#host.ports.fault);
      if ("error" in sealed) {
        const result = resultOf(sealed.error.code);
        answer(encodeMessage(failure, message.exchange, { result }));
        // The password was right: the Server and the device have no Temporary Key in common.
        this.#done(result === Result.refused ? { error: new ProcedureError("device.refused") } : sealed);
        return;
      }
      this.#link.watchAssignment(triggeredTime, this.#done);
      answer(encodeMessage(euKeyAssignmentUnderTemporary, message.exchange, { euKey: sealed.value }));
    });
  }

  /** The delivery under TK', which is wiped, as is the EUKey: it is for this one. */
  #seal(released: Uint8Array): Uint8Array {
    const { suite } = this.#host.ports;
    const { id: keyID, key, createdAt } = this.#held;
    const keys = deriveKeys(suite, "TK", released, this.#parties.pne);
    wipe(released);
    const delivery = encode(keyDelivery, { result: Result.ok, key: key.octets, keyID, createdAt });
    const aad = temporaryDeliveryAad(this.#parties, this.#userID);
    // TK' is made of random values of both sides, and seals this once.
    const euKey = suite.seal(keys.wrap.octets, new Uint8Array(deliveryNonceLength), delivery, aad);
    wipe(delivery);
    wipeKeys(keys);
    key.wipe();
    return euKey;
  }
}

const answers = messageSet(temporaryKeyResponse);

/** Throws ProcedureError("result.refused") whatever the Server said instead of a key. */
function releasedBy(octets: Uint8Array): Uint8Array {
  const read = attempt(() => readAnswer(answers, octets, "releasing"));
  const key = "value" in read && read.value.body.result === Result.ok ? read.value.body.key : undefined;
  if (key === undefined) throw refusal(Result.refused);
  return key;
}
