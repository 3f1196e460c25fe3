import { hex } from "../base/octets.js";
import { contain } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import type { FromPNE } from "../catalogue/legs.js";
import { encodeMessage, messageSet, peekMessage } from "../codec/message.js";
import { failure } from "../codec/replies.js";
import { Result, resultOf } from "../codec/results.js";
import type { Exchange, GatewayPorts } from "../procedure/gatewayPorts.js";
import { ProcedureError, refusal, unexpected } from "../procedure/procedure.js";
import { expectMember, route } from "../protocols/data/gateway.js";
import { isOfTopic } from "../protocols/data/messages.js";
import { discover } from "../protocols/discovery/gateway.js";
import { euKeyAssignmentAck, euKeyAssignmentChallenge } from "../protocols/enrolment/messages.js";
import type { PNGateway } from "../protocols/network/gateway.js";
import { rekeyResponse } from "../protocols/rekey/messages.js";
import { type Begun, Neighbours } from "./neighbours.js";
import type { PneLink, PneTasks } from "./pneLink.js";
import { Proofs } from "./proofs.js";
import { relaying } from "./relaying.js";
import type { Updates } from "./updates.js";

type Answer = (octets: Uint8Array) => void;
type Named<Name extends FromPNE["name"]> = FromPNE & { readonly name: Name };

const challenges = messageSet(euKeyAssignmentChallenge);
/** With these an assignment is over, whatever came of it. */
const ends = messageSet(euKeyAssignmentAck, failure);
const failures = messageSet(failure);
/** The Server knows no session of the PNE in this PN any more. */
const isOver = (octets: Uint8Array): boolean =>
  failures.includes(octets) && failures.decode(octets).body.result === Result.sessionExpired;
/** For the PNE's next step in an assignment, the derivation of its key among them. */
const stepTime = Milliseconds(20_000);

/** What a PNE says in the middle of something: nobody who has begun waits behind those who have not. */
const goesOn: ReadonlySet<FromPNE["name"]> = new Set([
  "EUKeyAssignmentRequest.share",
  "EUKeyAssignmentRequest.proof",
  "EUKeyAssignmentRequest.confirm",
  "EUKeyRotationRequest",
]);

/** The steps of an assignment, between which the link is not idle although nothing is on its way. */
const assigning: ReadonlySet<FromPNE["name"]> = new Set([...goesOn, "EUKeyAssignmentRequest"]);

/** Gives each message of a PNE to the procedure that it belongs to. */
export class PneRequests implements PneTasks {
  readonly #ports: GatewayPorts;
  readonly #pns: PNGateway;
  readonly #exchange: Exchange;
  readonly #neighbours: Neighbours;
  readonly #updates: Updates;
  readonly #proofs: Proofs<PneLink>;
  /** Links whose last message was one too many: it is logged once. */
  readonly #floods = new WeakSet<PneLink>();

  /** `exchange`: to the Server, inside the PN GW's session. */
  constructor(ports: GatewayPorts, pns: PNGateway, exchange: Exchange, updates: Updates) {
    this.#ports = ports;
    this.#updates = updates;
    this.#pns = pns;
    this.#exchange = exchange;
    this.#neighbours = new Neighbours(ports.clock);
    this.#proofs = new Proofs(ports.clock);
  }

  closed(link: PneLink): void {
    this.#proofs.over(link);
  }

  established(link: PneLink): boolean {
    return this.#pns.of(link) !== undefined;
  }

  takesPart(link: PneLink): boolean {
    return this.#pns.takesPart(link);
  }

  handle(link: PneLink, message: FromPNE, answer: Answer): void {
    const pns = this.#pns;
    switch (message.name) {
      case "EntityDiscoveryRequest": {
        const { entityID, capabilities, response } = discover(this.#ports, message);
        link.identify(entityID);
        link.describe(capabilities);
        return answer(response);
      }
      case "ResumeRequest":
        return this.#resume(link, message, answer);
      case "PNSetupRequest":
        return this.#whenAllowed(link, message, "pn", answer, () => pns.setup(link, message, answer));
      case "EUKeyAssignmentRequest":
        this.#proofs.asks(link, message.body.userID);
        return this.#whenAllowed(link, message, "enrolment", answer, () =>
          this.#relay(link, message, answer),
        );
      case "EUKeyAssignmentRequest.share":
        if (!this.#neighbours.owns(link, message.body.handle)) throw refusal(Result.refused);
        return this.#proofs.turn(
          link,
          () => this.#later(link, message, answer, () => this.#relay(link, message, answer)),
          () => answer(encodeMessage(failure, message.exchange, { result: Result.busy })),
        );
      case "EUKeyAssignmentRequest.proof":
        if (!this.#neighbours.owns(link, message.body.handle)) throw refusal(Result.refused);
        return this.#relay(link, message, answer);
      case "ConnectRequest":
        return answer(pns.connect(link, message));
      case "AuthenticateResponse":
        return pns.accept(link, message, answer);
      case "AuthenticationResponse":
        return pns.prove(link, message, answer);
      case "PNSetupNotifyResponse":
      case "PNSetupResponse.pne":
        if (!pns.comesBack(link, message.body.pnID)) return pns.reply(link, message, answer);
        return this.#whenAllowed(link, message, "pn", answer, () => pns.reply(link, message, answer));
      case "PNLeaveRequest":
        return pns.leave(link, message, answer);
      case "ApplicationData":
        return this.#data(link, message, answer);
      case "TopicData":
        return this.#topic(link, message, answer);
      case "UpdateRequest":
        return answer(this.#updates.chunk(link, message));
      case "UpdateReport":
        this.#throttle(link);
        return answer(this.#updates.report(link, message));
      case "UserInfoInstallResponse":
      case "EUKeyAssignmentRequest.temporary":
      case "DeviceCapabilitiesQueryResponse":
      case "ApplicationDataReceived":
        throw unexpected(message.name, "unasked");
      default:
        this.#relay(link, message, answer);
    }
  }

  /** At once, or a little later where many begin together. Throws ProcedureError("result.busy"). */
  #whenAllowed(link: PneLink, message: FromPNE, what: Begun, answer: Answer, begin: () => void): void {
    const wait = this.#neighbours.mayBegin(link, what);
    if (wait === undefined) throw refusal(Result.busy);
    if (wait === 0) return begin();
    this.#ports.clock.after(wait, () => this.#later(link, message, answer, begin));
  }

  /** What the link has had to wait for, if it is still there. */
  #later(link: PneLink, { exchange }: FromPNE, answer: Answer, begin: () => void): void {
    if (!link.open) return;
    const begun = contain(begin, this.#ports.fault);
    if ("error" in begun) answer(encodeMessage(failure, exchange, { result: resultOf(begun.error.code) }));
  }

  /** Instead of a discovery: a PNE whose link was lost while it was in a PN (GWA-01, GWA-02). */
  #resume(link: PneLink, message: Named<"ResumeRequest">, answer: Answer): void {
    const resumed = this.#pns.resume(link, message);
    if (resumed === undefined) {
      answer(encodeMessage(failure, message.exchange, { result: Result.sessionExpired }));
      return;
    }
    link.identify(resumed.entityID);
    answer(resumed.response);
    link.protect(resumed.layer);
    this.#pns.greet(link);
  }

  /** C-14: nothing is routed before the Server has registered the PNE in this PN. */
  #data(link: PneLink, message: Named<"ApplicationData">, answer: Answer): void {
    const { body } = message;
    const pn = expectMember(this.#pns.of(link), body.pnID);
    this.#throttle(link);
    const { target } = body;
    if (target === undefined) this.#relay(link, message, answer);
    else route(this.#ports, link, pn, { ...message, body: { ...body, target } }, answer);
  }

  /** The same for a message of a topic, in the PN that the link is in. */
  #topic(link: PneLink, { exchange, body }: Named<"TopicData">, answer: Answer): void {
    const pn = this.#pns.of(link);
    if (pn === undefined) throw new ProcedureError("pn.notMember");
    this.#throttle(link);
    const { target = this.#ports.gatewayID, payload } = body;
    if (!isOfTopic(payload)) throw refusal(Result.protocol);
    route(this.#ports, link, pn, { exchange, body: { pnID: pn.pnID, target, payload } }, answer);
  }

  /** Who says more than the air and the others have room for is told so. Throws ProcedureError("result.busy"). */
  #throttle(link: PneLink): void {
    const flood = this.#neighbours.mayBegin(link, "data") === undefined;
    if (flood && !this.#floods.has(link)) {
      this.#ports.log.event("pn.flood", { entity: hex(link.entityID ?? new Uint8Array(0)) });
    }
    if (flood) this.#floods.add(link);
    else this.#floods.delete(link);
    if (flood) throw refusal(Result.busy);
  }

  /** Octet for octet to the Server and back (EUK-UI-04, EUK-UI-08, EUK-UI-13, EUK-UI-20). */
  #relay(link: PneLink, message: FromPNE, answer: Answer): void {
    const { entityID } = link;
    if (entityID === undefined) throw unexpected(message.name, "undiscovered");
    const errand = { link, begun: goesOn.has(message.name) };
    if (assigning.has(message.name)) link.occupy(stepTime);
    relaying(
      this.#exchange,
      entityID,
      errand,
      // A bonded link is one that a person has confirmed at both ends.
      link.panSecure,
    )(message.octets, (outcome) => {
      const over = "error" in outcome || ends.includes(outcome.value);
      if (over || message.name === "EUKeyAssignmentRequest.proof") this.#proofs.over(link);
      if ("error" in outcome) {
        link.release();
        answer(encodeMessage(failure, message.exchange, { result: resultOf(outcome.error.code) }));
        return;
      }
      const octets = outcome.value;
      if (challenges.includes(octets)) {
        this.#neighbours.opened(link, challenges.decode(octets).body.handle);
      }
      const rekeyed = message.name === "RekeyRequest" && peekMessage(octets)?.type === rekeyResponse.type;
      const back = rekeyed && this.#pns.confirmedByServer(link, message.body.pnID);
      if (ends.includes(octets)) link.release();
      answer(octets);
      if (back) this.#pns.greet(link);
      if (isOver(octets)) this.#pns.expiredAtServer(link);
      link.relayed(octets);
    });
  }
}
