import { CpnsError } from "../base/errors.js";
import { equalBytes, hex } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import { type FromPNE, fromPNE } from "../catalogue/legs.js";
import { encodeMessage, peekMessage } from "../codec/message.js";
import { acknowledgement, failure } from "../codec/replies.js";
import { Result } from "../codec/results.js";
import { Channel, type FragmentPort } from "../link/channel.js";
import type { RecordLayer } from "../link/record.js";
import type { GatewayPorts } from "../procedure/gatewayPorts.js";
import { ProcedureError, unexpected } from "../procedure/procedure.js";
import { applicationData, applicationDataNotify } from "../protocols/data/messages.js";
import { deviceCapabilitiesQueryRequest, entityDiscoveryResponse } from "../protocols/discovery/messages.js";
import type { PNGateway } from "../protocols/network/gateway.js";
import type { MemberLink } from "../protocols/network/member.js";
import { rekeyResponse } from "../protocols/rekey/messages.js";
import { Asks, type Told } from "./ask.js";
import { AssignmentWatch } from "./assignmentWatch.js";
import { relay } from "./relaying.js";
import type { ServerLink } from "./serverLink.js";

/** The gateway's end of one connection to a PNE. */
export interface PneConnection extends FragmentPort {
  /** Bonded LE Secure Connections with authentication: the PAN is secure by itself (SEC-02). */
  readonly secure: boolean;
  disconnect(): void;
}

/** A PNE that does not say who it is for so long is disconnected. */
export const idleTimeout = Milliseconds(60_000);
/** For a PNE's word on what it was asked, when no person has to decide. */
export const askTimeout = Milliseconds(10_000);
/** For data to arrive: the sender, who waits for 10 s, is told in time that it has not. */
export const deliveryTimeout = Milliseconds(7_000);

/** What a PNE says of itself (PNI-01, PNR-04). */
export interface DeviceCapabilities {
  readonly flags: number;
  readonly name?: string;
}

/** One PNE on one connection: answers it, relays for it, and forgets everything when the connection closes. */
export class PneLink implements MemberLink {
  readonly #ports: GatewayPorts;
  readonly #server: ServerLink;
  readonly #connection: PneConnection;
  readonly #channel: Channel;
  readonly #pns: PNGateway;
  /** As the PNE claimed it in discovery, or as it was assigned; proven only by what the Server verifies (C-10). */
  #entityID: Uint8Array | undefined;
  /** The request being answered; a PNE has one in flight. */
  #pending: number | undefined;
  #open = true;
  readonly #asks: Asks;
  /** How an EUKey assignment that this PN GW has set off comes out (SEC-04, SEC-05). */
  readonly assignment: AssignmentWatch;
  #pushes = 1;
  #capabilities: DeviceCapabilities | undefined;

  constructor(ports: GatewayPorts, server: ServerLink, pns: PNGateway, connection: PneConnection) {
    this.#ports = ports;
    this.#server = server;
    this.#pns = pns;
    this.#connection = connection;
    this.#channel = new Channel({
      port: connection,
      clock: ports.clock,
      onMessage: (octets) => this.#message(octets),
      onFailure: (error, final) => {
        ports.log.event("link.failure", { code: error.code, final });
        if (final) connection.disconnect();
      },
    });
    this.#asks = new Asks(ports.clock);
    this.assignment = new AssignmentWatch(ports.clock);
    this.#watchIdle();
  }

  /** As told in discovery or since. */
  get capabilities(): DeviceCapabilities | undefined {
    return this.#capabilities;
  }

  /** Sends what the PNE did not ask for. */
  push(make: (exchange: number) => Uint8Array): void {
    const exchange = this.#pushes;
    this.#pushes = exchange >= 0xffff ? 1 : exchange + 1;
    this.#send(make(exchange));
  }

  /** Waits for what the PNE says by itself to what it was told unasked. */
  expect<Name extends FromPNE["name"]>(
    name: Name,
    wait: Milliseconds,
    told: (told: Told<Name>) => void,
  ): void {
    this.#asks.expect(name, wait, told);
  }

  protect(layer: RecordLayer): void {
    this.#channel.protect(layer);
  }

  get panSecure(): boolean {
    return this.#connection.secure;
  }

  /** What travels on this link can be read by the PNE and the PN GW only. */
  get secured(): boolean {
    return this.#channel.protected || this.#connection.secure;
  }

  /** DeviceCapabilitiesQueryRequest → …Response; undefined when the PNE does not answer in time. */
  queryCapabilities(done: (capabilities: DeviceCapabilities | undefined) => void): void {
    this.#asks.expect("DeviceCapabilitiesQueryResponse", askTimeout, (told) => {
      if (told === undefined) return done(undefined);
      const { body, exchange } = told.message;
      this.#capabilities = body;
      told.answer(encodeMessage(acknowledgement, exchange, {}));
      done(body);
    });
    this.push((exchange) => encodeMessage(deviceCapabilitiesQueryRequest, exchange, {}));
  }

  get entityID(): Uint8Array | undefined {
    return this.#entityID;
  }

  /** True once the Server has said that this PNE is in the PN (C-14). */
  get established(): boolean {
    return this.#pns.of(this) !== undefined;
  }

  get protected(): boolean {
    return this.#channel.protected;
  }

  /** Known, in no PN, and asking for nothing. */
  get idle(): boolean {
    const asking = this.#pending !== undefined || this.#pns.taking(this);
    return this.#entityID !== undefined && !this.established && !asking;
  }

  disconnect(): void {
    this.#connection.disconnect();
  }

  fragment(fragment: Uint8Array): void {
    this.#channel.fragment(fragment);
  }

  closed(): void {
    this.#open = false;
    this.#channel.close();
    this.#pns.closed(this);
    this.#asks.close();
    this.assignment.end("linkLost");
  }

  #watchIdle(): void {
    this.#ports.clock.after(idleTimeout, () => {
      if (!this.#open) return;
      // One that is known may stay: an idle PNE keeps its connection to be reached.
      if (this.#entityID === undefined) this.#connection.disconnect();
    });
  }

  #message(octets: Uint8Array): void {
    const exchange = peekMessage(octets)?.exchange ?? 0;
    const answer = (reply: Uint8Array): void => {
      this.#pending = undefined;
      this.#send(reply);
    };
    if (this.#pending !== undefined) {
      this.#send(encodeMessage(failure, exchange, { result: Result.busy }));
      return;
    }
    this.#pending = exchange;
    try {
      this.#dispatch(fromPNE.decode(octets), answer);
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      this.#ports.log.event("pne.refused", { code: error.code });
      const result = error.code === "result.refused" ? Result.refused : Result.protocol;
      answer(encodeMessage(failure, exchange, { result }));
    }
  }

  #send(octets: Uint8Array): void {
    if (!this.#open) return;
    try {
      this.#channel.send(octets);
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      // The session's counters or time ran out, or the peer takes nothing: start anew.
      this.#ports.log.event("link.failure", { code: error.code, final: true });
      this.#connection.disconnect();
    }
  }

  #dispatch(message: FromPNE, answer: (octets: Uint8Array) => void): void {
    if (message.name === "EntityDiscoveryRequest") {
      answer(this.#discover(message));
      return;
    }
    if (message.name === "ResumeRequest") {
      this.#resume(message, answer);
      return;
    }
    const entityID = this.#entityID;
    if (entityID === undefined) throw unexpected(message.name, "undiscovered");
    if (this.#asks.take(message, answer)) return;
    switch (message.name) {
      case "PNSetupRequest":
        this.#pns.setup(this, message, answer);
        return;
      case "ConnectRequest":
        answer(this.#pns.connect(this, message));
        return;
      case "AuthenticateResponse":
        this.#pns.accept(this, message, answer);
        return;
      case "AuthenticationResponse":
        this.#pns.leg(this).prove(message, answer);
        return;
      case "PNSetupNotifyResponse":
      case "PNSetupResponse.pne":
        this.#pns.reply(this, message, answer);
        return;
      case "PNLeaveRequest":
        this.#pns.leave(this, message, answer);
        return;
      case "ApplicationData":
        this.#data(message, entityID, answer);
        return;
      case "UserInfoInstallResponse":
      case "EUKeyAssignmentRequest.temporary":
      case "DeviceCapabilitiesQueryResponse":
      case "ApplicationDataReceived":
        throw unexpected(message.name, "unasked");
      default:
        this.#relay(message, entityID, answer);
    }
  }

  /** Instead of a discovery: a PNE whose link was lost while it was in a PN (GWA-01, GWA-02). */
  #resume(message: FromPNE & { name: "ResumeRequest" }, answer: (octets: Uint8Array) => void): void {
    if (this.#entityID !== undefined) throw unexpected(message.name, "discovered");
    const resumed = this.#pns.resume(this, message);
    if (resumed === undefined) {
      answer(encodeMessage(failure, message.exchange, { result: Result.sessionExpired }));
      return;
    }
    this.#entityID = resumed.entityID;
    answer(resumed.response);
    this.protect(resumed.layer);
    this.#pns.greet(this);
  }

  /** PNR-04, PNR-06: who we are, and an Entity ID for a PNE that has none (C-12). */
  #discover(message: FromPNE & { name: "EntityDiscoveryRequest" }): Uint8Array {
    const { gatewayID, serverID, random } = this.#ports;
    if (this.#entityID !== undefined) throw unexpected(message.name, "discovered");
    const body = { entityID: gatewayID, serverID };
    this.#capabilities = { flags: message.body.flags };
    if (message.body.entityID !== undefined) {
      this.#entityID = message.body.entityID;
      return encodeMessage(entityDiscoveryResponse, message.exchange, body);
    }
    const assignedEntityID = new Uint8Array(16);
    random.fill(assignedEntityID);
    this.#entityID = assignedEntityID;
    return encodeMessage(entityDiscoveryResponse, message.exchange, { ...body, assignedEntityID });
  }

  /** Octet for octet to the Server and back (EUK-UI-04, EUK-UI-08, EUK-UI-13, EUK-UI-20). */
  #relay(message: FromPNE, origin: Uint8Array, answer: (octets: Uint8Array) => void): void {
    relay(this.#server.exchange.bind(this.#server), origin, message.octets, (result) => {
      if ("failed" in result) {
        answer(encodeMessage(failure, message.exchange, { result: result.failed }));
        return;
      }
      const vouched = peekMessage(result.octets)?.type === rekeyResponse.type;
      const back = message.name === "RekeyRequest" && vouched && this.#pns.vouched(this, message.body.pnID);
      answer(result.octets);
      if (back) this.#pns.greet(this);
      this.assignment.relayed(result.octets);
    });
  }

  /** C-14: nothing is routed before the Server has registered the PNE in this PN. */
  #data(
    message: FromPNE & { name: "ApplicationData" },
    origin: Uint8Array,
    answer: (octets: Uint8Array) => void,
  ): void {
    const { gatewayID, application, log } = this.#ports;
    const pn = this.#pns.of(this);
    const { pnID, target, payload } = message.body;
    if (pn === undefined || !equalBytes(pn.pnID, pnID)) throw new ProcedureError("pn.notMember");
    if (target === undefined) {
      this.#relay(message, origin, answer);
      return;
    }
    const noRoute = (): void => {
      answer(encodeMessage(failure, message.exchange, { result: Result.noRoute }));
    };
    // What the Server has not sealed end to end travels on links that are protected only.
    if (!this.secured) return noRoute();
    if (equalBytes(target, gatewayID)) {
      log.event("pn.data", { from: hex(origin), octets: payload.length });
      const reply = application(origin, pnID, payload);
      answer(encodeMessage(applicationData, message.exchange, { pnID, origin: gatewayID, payload: reply }));
      return;
    }
    const member = pn.members.find((one) => equalBytes(one.entityID, target))?.link;
    if (!(member instanceof PneLink) || member === this || !member.secured) return noRoute();
    log.event("pn.data", { from: hex(origin), to: hex(target), octets: payload.length });
    member.#deliver({ pnID, origin, payload }, (result) => {
      if (result === Result.ok) answer(encodeMessage(acknowledgement, message.exchange, {}));
      else answer(encodeMessage(failure, message.exchange, { result }));
    });
  }

  /** Data of another member: the sender is told that it has arrived when this PNE says so. */
  #deliver(
    data: { readonly pnID: Uint8Array; readonly origin: Uint8Array; readonly payload: Uint8Array },
    done: (result: Result) => void,
  ): void {
    if (this.#asks.expects("ApplicationDataReceived")) {
      done(Result.busy);
      return;
    }
    this.#asks.expect("ApplicationDataReceived", deliveryTimeout, (told) => {
      if (told === undefined) return done(Result.noRoute);
      const { body, exchange } = told.message;
      const same = equalBytes(body.origin, data.origin) && equalBytes(body.pnID, data.pnID);
      told.answer(encodeMessage(acknowledgement, exchange, {}));
      done(same ? Result.ok : Result.noRoute);
    });
    this.push((exchange) => encodeMessage(applicationDataNotify, exchange, data));
  }
}
