import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import { wipe } from "../base/octets.js";
import type { Done } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import { type PushedToPNE, pushedToPNE } from "../catalogue/pne.js";
import { Channel } from "../link/channel.js";
import type { RecordLayer } from "../link/record.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import { type DiscoveredGateway, Discovery } from "../protocols/discovery/pne.js";
import { InstalledCredentials } from "./installed.js";
import type { GatewayConnection, PnePorts } from "./ports.js";
import { Runner } from "./runner.js";

/** What the gateway may ask for while the PNE is busy; more is dropped. */
const maximumPushes = 4;

/** Everything that lives as long as one connection; a new connection is a fresh one of these. */
export class Connection {
  readonly link: GatewayConnection;
  readonly #channel: Channel;
  readonly #runner: Runner;
  #exchange = 1;
  #peer: DiscoveredGateway | undefined;
  readonly #ports: PnePorts;
  /** What runs was not begun by the person, who is told nothing of it. */
  #quiet = false;
  #ending = false;
  readonly #waiting: (() => void)[] = [];
  /** What the gateway has put into the device on this connection (SEC-04). */
  readonly installed: InstalledCredentials;
  readonly #pushes: PushedToPNE[] = [];
  readonly #pushed: (message: PushedToPNE) => void;

  /** `pushed` is called with what the gateway asks for, one at a time, while nothing runs. */
  constructor(ports: PnePorts, link: GatewayConnection, pushed: (message: PushedToPNE) => void) {
    this.#ports = ports;
    this.#pushed = pushed;
    this.installed = new InstalledCredentials(ports.clock);
    this.link = link;
    this.#channel = new Channel({
      port: link,
      clock: ports.clock,
      onMessage: (octets) => {
        if (pushedToPNE.includes(octets)) {
          this.#push(octets);
          // It may have been credentials; what is decoded is a copy.
          wipe(octets);
        } else this.#runner.answer(octets);
      },
      onFailure: (error, final) => {
        ports.log.event("link.failure", { code: error.code, final });
        if (!final) return;
        this.#runner.fail(error);
        link.disconnect();
      },
    });
    this.#runner = new Runner({
      clock: ports.clock,
      pace: ports.pace,
      send: (octets) => this.#channel.send(octets),
      protect: (layer) => this.#channel.protect(layer),
      progress: (step, fraction) => {
        if (this.#quiet) return;
        ports.notify(
          fraction === undefined ? { kind: "progress", step } : { kind: "progress", step, fraction },
        );
      },
    });
  }

  /** Known once `discover` has succeeded. */
  get peer(): DiscoveredGateway {
    if (this.#peer === undefined) throw new ProcedureError("protocol.unexpected", "undiscovered");
    return this.#peer;
  }

  get discovered(): boolean {
    return this.#peer !== undefined;
  }

  /** Something may be begun on it as it is: the gateway is known, nothing runs, and it is not about to end. */
  get idle(): boolean {
    return this.discovered && !this.busy && !this.#ending;
  }

  /** The end comes later, as an event of the link. */
  disconnect(): void {
    this.#ending = true;
    this.link.disconnect();
  }

  get busy(): boolean {
    return this.#runner.busy;
  }

  get protected(): boolean {
    return this.#channel.protected;
  }

  /** The gateway of an earlier connection has proven that it is this one. */
  setPeer(peer: DiscoveredGateway): void {
    this.#peer = peer;
  }

  get session(): Channel["session"] {
    return this.#channel.session;
  }

  /** From here on the link is protected by this session. */
  protect(layer: RecordLayer): void {
    this.#channel.protect(layer);
  }

  /** A block of exchange numbers for one procedure: more than any of them needs. */
  nextExchange(): number {
    const first = this.#exchange;
    this.#exchange = first > 0xf000 ? 1 : first + 8;
    return first;
  }

  /** PNI-00, once per connection; `quiet` when no person waits for it. */
  discover(
    entityID: Uint8Array | undefined,
    capabilities: number,
    done: Done<DiscoveredGateway>,
    quiet = false,
  ): void {
    if (this.#peer !== undefined) {
      done({ value: this.#peer });
      return;
    }
    this.#quiet = quiet;
    this.#runner.run(new Discovery(entityID, capabilities, this.nextExchange()), (outcome) => {
      if ("value" in outcome) this.#peer = outcome.value;
      done(outcome);
    });
  }

  run<T>(procedure: Procedure<T>, done: Done<T>): void {
    this.#quiet = false;
    this.#start(procedure, done);
  }

  /** The same for what the person has not begun, and is told nothing of. */
  runQuietly<T>(procedure: Procedure<T>, done: Done<T>): void {
    this.#quiet = true;
    this.#start(procedure, done);
  }

  #start<T>(procedure: Procedure<T>, done: Done<T>): void {
    this.#runner.run(procedure, (outcome) => {
      done(outcome);
      this.#drain();
    });
  }

  /** True while what runs is none of the person's: what he wants may wait for its end. */
  get busyQuietly(): boolean {
    return this.busy && this.#quiet;
  }

  /** On a fresh stack, as soon as nothing runs, or the connection has ended. */
  whenFree(work: () => void): void {
    this.#waiting.push(work);
    if (!this.busy) this.#drain();
  }

  /** What is not understood, or comes before the discovery, is dropped: nobody waits for an answer to a push. */
  #push(octets: Uint8Array): void {
    const drop = (code: ErrorCode): void => this.#ports.log.event("pne.pushDropped", { code });
    if (!this.discovered) return drop("protocol.unexpected");
    if (this.#pushes.length >= maximumPushes) return drop("busy");
    try {
      this.#pushes.push(pushedToPNE.decode(octets));
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      return drop(error.code);
    }
    this.#drain();
  }

  /** On a fresh stack, once nothing runs. */
  #drain(): void {
    if (this.#pushes.length + this.#waiting.length === 0) return;
    this.#ports.clock.after(Milliseconds(0), () => {
      if (this.busy) return;
      const work = this.#waiting.shift();
      if (work !== undefined) {
        work();
        if (!this.busy) this.#drain();
        return;
      }
      const message = this.#pushes.shift();
      if (message === undefined) return;
      this.#pushed(message);
      if (!this.busy) this.#drain();
    });
  }

  fragment(fragment: Uint8Array): void {
    this.#channel.fragment(fragment);
  }

  /** Ends what runs with this error. */
  fail(error: CpnsError): void {
    this.#runner.fail(error);
  }

  close(error: CpnsError): void {
    this.#pushes.splice(0).forEach(wipePush);
    this.installed.wipe();
    this.#runner.fail(error);
    this.#channel.close();
    this.#waiting.splice(0).forEach((work) => {
      this.#ports.clock.after(Milliseconds(0), work);
    });
  }
}

/** Credentials that nobody has taken (C-19). */
function wipePush(message: PushedToPNE): void {
  if (message.name === "UserInfoInstallRequest") wipe(message.octets, message.body.w0, message.body.w1);
}
