import { CpnsError } from "../base/errors.js";
import { contain, type Done } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import { type FromPNE, fromPNE } from "../catalogue/legs.js";
import { type AnyDefinition, encodeMessage, peekMessage } from "../codec/message.js";
import { failure } from "../codec/replies.js";
import { Result, resultOf } from "../codec/results.js";
import { Channel, type FragmentPort } from "../link/channel.js";
import type { RecordLayer } from "../link/record.js";
import type { Said } from "../procedure/deviceLink.js";
import type { GatewayPorts } from "../procedure/gatewayPorts.js";
import { unexpected } from "../procedure/procedure.js";
import type { DeviceCapabilities } from "../protocols/discovery/gateway.js";
import { AssignmentWatch } from "../protocols/enrolment/watch.js";
import type { MemberLink } from "../protocols/network/member.js";
import { Asks } from "./ask.js";

/** The gateway's end of one connection to a PNE. */
export interface PneConnection extends FragmentPort {
  /** Bonded LE Secure Connections with authentication: the PAN is secure by itself (SEC-02). */
  readonly secure: boolean;
  disconnect(): void;
}

/** What a link's PNE is, and does, in the PNs of this PN GW. */
export interface PneTasks {
  /** A message of the PNE that answers nothing it was asked; `answer` is called once, now or later. Throws CpnsError. */
  handle(link: PneLink, message: FromPNE, answer: (octets: Uint8Array) => void): void;
  /** It is in a PN. */
  established(link: PneLink): boolean;
  /** It is invited into a PN, or has a part in one that is being set up. */
  takesPart(link: PneLink): boolean;
}

/** A PNE that does not say who it is for so long is disconnected. */
export const idleTimeout = Milliseconds(60_000);

/** One PNE on one connection: what it says goes to its task, and all is forgotten when the connection closes. */
export class PneLink implements MemberLink {
  readonly #ports: GatewayPorts;
  readonly #connection: PneConnection;
  readonly #tasks: PneTasks;
  readonly #channel: Channel;
  readonly #asks: Asks;
  readonly #assignment: AssignmentWatch;
  #entityID: Uint8Array | undefined;
  #capabilities: DeviceCapabilities | undefined;
  /** A request of the PNE is being answered; it has one in flight. */
  #answering = false;
  #occupiedUntil = 0;
  #open = true;
  #pushes = 1;

  constructor(ports: GatewayPorts, connection: PneConnection, tasks: PneTasks) {
    this.#ports = ports;
    this.#connection = connection;
    this.#tasks = tasks;
    this.#channel = new Channel({
      port: withoutFaults(connection, ports.fault),
      clock: ports.clock,
      onMessage: (octets) => this.#message(octets),
      onFailure: (error, final) => {
        ports.log.event("link.failure", { code: error.code, final });
        if (final) connection.disconnect();
      },
    });
    this.#asks = new Asks(ports.clock);
    this.#assignment = new AssignmentWatch(ports.clock);
    this.#watchIdle();
  }

  get entityID(): Uint8Array | undefined {
    return this.#entityID;
  }

  /** As told in discovery or since. */
  get capabilities(): DeviceCapabilities | undefined {
    return this.#capabilities;
  }

  /** As claimed in discovery, assigned there, or proven by a resumption; proven otherwise only by what the Server verifies (C-10). */
  identify(entityID: Uint8Array): void {
    this.#entityID = entityID;
    this.#ports.changed?.();
  }

  describe(capabilities: DeviceCapabilities): void {
    this.#capabilities = capabilities;
    this.#ports.changed?.();
  }

  /** The connection stands. */
  get open(): boolean {
    return this.#open;
  }

  get panSecure(): boolean {
    return this.#connection.secure;
  }

  get protected(): boolean {
    return this.#channel.protected;
  }

  get secured(): boolean {
    return this.#channel.protected || this.#connection.secure;
  }

  /** True once the Server has said that this PNE is in the PN (C-14). */
  get established(): boolean {
    return this.#tasks.established(this);
  }

  /** Known, in no PN, and nothing is going on, also between two messages. */
  get idle(): boolean {
    if (this.#entityID === undefined || this.established) return false;
    const asked = this.#asks.open || this.#assignment.waiting;
    const goesOn = this.#ports.clock.now() < this.#occupiedUntil;
    return !(this.#answering || asked || goesOn || this.#tasks.takesPart(this));
  }

  /** Something has begun that the PNE goes on with by itself, in `time` at the latest. */
  occupy(time: Milliseconds): void {
    this.#occupiedUntil = this.#ports.clock.now() + time;
  }

  /** It is over. */
  release(): void {
    this.#occupiedUntil = 0;
  }

  push(make: (exchange: number) => Uint8Array): void {
    const exchange = this.#pushes;
    this.#pushes = exchange >= 0xffff ? 1 : exchange + 1;
    this.#send(make(exchange));
  }

  expect<D extends AnyDefinition>(definition: D, wait: Milliseconds, done: Done<Said<D>>): void {
    this.#asks.expect(definition, wait, done);
  }

  expects(definition: AnyDefinition): boolean {
    return this.#asks.expects(definition);
  }

  watchAssignment(wait: Milliseconds, done: Done<undefined>): void {
    this.#assignment.wait(wait, done);
  }

  /** An answer of the Server on its way to the PNE. */
  relayed(octets: Uint8Array): void {
    this.#assignment.relayed(octets);
  }

  protect(layer: RecordLayer): void {
    this.#channel.protect(layer);
    this.#ports.changed?.();
  }

  disconnect(): void {
    this.#connection.disconnect();
  }

  /** From the radio; throws nothing. */
  fragment(fragment: Uint8Array): void {
    const taken = contain(() => this.#channel.fragment(fragment), this.#ports.fault);
    if ("error" in taken) this.#connection.disconnect();
  }

  closed(): void {
    this.#open = false;
    this.#channel.close();
    this.#asks.close();
    this.#assignment.fail("linkLost");
  }

  #watchIdle(): void {
    this.#ports.clock.after(idleTimeout, () => {
      if (!this.#open) return;
      // One that is known may stay: an idle PNE keeps its connection to be reached.
      if (this.#entityID === undefined) this.#connection.disconnect();
    });
  }

  #message(octets: Uint8Array): void {
    const decoded = contain(() => fromPNE.decode(octets), this.#ports.fault);
    const exchange = ("value" in decoded ? decoded.value.exchange : peekMessage(octets)?.exchange) ?? 0;
    if (this.#answering) {
      this.#send(encodeMessage(failure, exchange, { result: Result.busy }));
      return;
    }
    this.#answering = true;
    const answer = (reply: Uint8Array): void => {
      this.#answering = false;
      this.#send(reply);
    };
    const handled = contain(() => {
      if ("error" in decoded) throw decoded.error;
      this.#handle(decoded.value, answer);
    }, this.#ports.fault);
    if ("value" in handled) return;
    const { code } = handled.error;
    this.#ports.log.event("pne.refused", { code });
    answer(encodeMessage(failure, exchange, { result: resultOf(code) }));
  }

  #handle(message: FromPNE, answer: (octets: Uint8Array) => void): void {
    const introduces = message.name === "EntityDiscoveryRequest" || message.name === "ResumeRequest";
    if (introduces !== (this.#entityID === undefined)) {
      throw unexpected(message.name, introduces ? "discovered" : "undiscovered");
    }
    if (!this.#asks.take(message, answer)) this.#tasks.handle(this, message, answer);
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
}

/** What the radio calls back throws nothing: a fault of ours ends the link. */
function withoutFaults(connection: PneConnection, fault: (error: unknown) => void): FragmentPort {
  return {
    get maximumWrite() {
      return connection.maximumWrite;
    },
    write(fragment, sent) {
      connection.write(fragment, (error) => {
        const over = contain(() => sent(error), fault);
        if ("error" in over) connection.disconnect();
      });
    },
  };
}
