import type { ErrorCode } from "../../base/errorCodes.js";
import type { CpnsError } from "../../base/errors.js";
import { wipe } from "../../base/octets.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { failure } from "../../codec/replies.js";
import { Result, resultCode } from "../../codec/results.js";
import { encode } from "../../codec/schema.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys.js";
import type { Told } from "../../gateway/ask.js";
import { type AtGateway, assignmentTime } from "../../gateway/device.js";
import { askTimeout, type PneLink } from "../../gateway/pneLink.js";
import type { Exchanged, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError } from "../../procedure/procedure.js";
import { type Carry, runProcedure } from "../../procedure/run.js";
import { type AssignedKey, EnrolClient } from "../enrolment/client.js";
import { keyDelivery } from "../enrolment/messages.js";
import { deliveryNonceLength } from "../enrolment/transcript.js";
import { type DeviceParties, temporaryDeliveryAad } from "./delivery.js";
import {
  euKeyAssignmentTrigger,
  euKeyAssignmentUnderTemporary,
  temporaryKeyRequest,
  temporaryKeyResponse,
} from "./messages.js";

export interface TemporaryHost {
  readonly ports: GatewayPorts;
  readonly link: PneLink;
  /** For the PNE's Entity ID, and for the PN GW itself. */
  readonly carry: Carry;
  exchange(octets: Uint8Array, done: (result: Exchanged) => void): void;
}

type Done = (error?: CpnsError) => void;
type Answered = NonNullable<Told<"EUKeyAssignmentRequest.temporary">>;

/**
 * SEC-05 at the PN GW: authenticates its User to the Server for the PNE, gets the PNE's EUKey, lets the PNE prove that
 * it is there, gets TK' for it (SEC-06), and delivers. The EUKey is wiped with the delivery; that this PN GW has had it
 * is what C-18 is for. Ends with the error, or nothing once the Server has acknowledged the key to the PNE.
 */
export function enrolUnderTemporaryKey(
  host: TemporaryHost,
  { userID, password }: AtGateway,
  done: Done,
): void {
  const { suite, random, gatewayID, serverID } = host.ports;
  const { entityID } = host.link;
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
  runProcedure(client, host.carry, (result) => {
    if ("error" in result) return done(result.error);
    if (held !== undefined) new Delivery(host, parties, userID, held, done).start();
  });
}

/** From the EUKey in hand to its delivery. */
class Delivery {
  readonly #host: TemporaryHost;
  readonly #parties: DeviceParties;
  readonly #userID: Uint8Array;
  readonly #held: AssignedKey;
  readonly #done: Done;
  readonly #rand = new Uint8Array(32);

  constructor(
    host: TemporaryHost,
    parties: DeviceParties,
    userID: Uint8Array,
    held: AssignedKey,
    done: Done,
  ) {
    this.#host = host;
    this.#parties = parties;
    this.#userID = userID;
    this.#held = held;
    this.#done = done;
    host.ports.random.fill(this.#rand);
  }

  start(): void {
    const { link } = this.#host;
    link.expect("EUKeyAssignmentRequest.temporary", askTimeout, (told) => {
      if (told === undefined) this.#end("timeout");
      else this.#release(told);
    });
    const body = { userID: this.#userID, rand: this.#rand, keyID: this.#held.id };
    link.push((exchange) => encodeMessage(euKeyAssignmentTrigger, exchange, body));
  }

  /** TemporaryKeyRequest: the PNE waits for the answer to its own request meanwhile. */
  #release(told: Answered): void {
    const { rand, epoch, proof } = told.message.body;
    const { pne: entityID } = this.#parties;
    const body = { entityID, keyID: this.#held.id, rand, gatewayRand: this.#rand, epoch, proof };
    this.#host.exchange(encodeMessage(temporaryKeyRequest, told.message.exchange, body), (result) => {
      const refuse = (code: Result): void => {
        told.answer(encodeMessage(failure, told.message.exchange, { result: code }));
        this.#end(resultCode(code));
      };
      if ("failed" in result) return refuse(result.failed);
      const key = releasedBy(result.octets);
      if (key === undefined) return refuse(Result.refused);
      this.#deliver(told, key);
    });
  }

  #deliver(told: Answered, released: Uint8Array): void {
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
    const { link } = this.#host;
    link.assignment.wait(assignmentTime, (code) => this.#end(code));
    told.answer(encodeMessage(euKeyAssignmentUnderTemporary, told.message.exchange, { euKey }));
  }

  #end(code: ErrorCode | undefined): void {
    this.#held.key.wipe();
    if (code === undefined) this.#done();
    else this.#done(new ProcedureError(code));
  }
}

const answers = messageSet(temporaryKeyResponse);

function releasedBy(octets: Uint8Array): Uint8Array | undefined {
  try {
    const { body } = answers.decode(octets);
    return body.result === Result.ok ? body.key : undefined;
  } catch {
    return undefined;
  }
}
