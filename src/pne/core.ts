import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import { wipe } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds, Seconds } from "../base/units.js";
import { KeyStore } from "../keystore/keystore.js";
import { maximumReturns, type PNPlace } from "../keystore/schemas.js";
import type { Procedure } from "../procedure/procedure.js";
import { delayAfter, pneRule } from "../protocols/enrolment/throttle.js";
import { invitationTime } from "../protocols/network/invitations.js";
import type { Connection } from "./connection.js";
import type { Joined } from "./joined.js";
import { AdvertisedState, type PnePorts, type PneView, type UpdateView } from "./ports.js";
import type { Free, Invitation, PneState, Task } from "./state.js";
import { radioName, viewOf } from "./view.js";

/** Before an idle PNE that lost its gateway, or could not make it out, lets one connect again. */
export const restPause = Milliseconds(3_000);

/** A person decides a little before the PN GW stops waiting. */
const decisionTime = Milliseconds(invitationTime - 3_000);

/** What every part of the PNE works on: its ports, its flash, the one connection and the one state. */
export class Core {
  readonly ports: PnePorts;
  readonly store: KeyStore;
  connection: Connection | undefined;
  /** The PN that it was in when it lost its power, until it is known whether it still is. */
  lastPN: PNPlace | undefined;
  /** Of its firmware. */
  update: { readonly view: UpdateView | undefined; joined(): void; forget(): void } | undefined;
  /** No enrolment before this instant: the throttle of the PNE, whose count is durable. */
  notBefore: Milliseconds;
  #state: PneState = { at: "unenrolled" };
  #resting: Timer | undefined;
  #advertised: AdvertisedState | undefined;

  /** Throws StoreError when flash holds a newer format. */
  constructor(ports: PnePorts) {
    this.ports = ports;
    this.store = new KeyStore(ports.flash, ports.suite, ports.log);
    this.#state = this.#free();
    // A place that cannot be read is none.
    const place = attempt(() => this.store.place);
    if ("value" in place && place.value !== undefined && place.value.times < maximumReturns)
      this.lastPN = place.value;
    // A restart must not give free tries: the whole delay runs again.
    this.notBefore = Milliseconds(ports.clock.now() + delayAfter(this.store.failures, pneRule));
  }

  get state(): PneState {
    return this.#state;
  }

  get joined(): Joined | undefined {
    return this.#state.at === "joined" ? this.#state : undefined;
  }

  get task(): Task | undefined {
    return this.#state.at === "working" ? this.#state.task : undefined;
  }

  get free(): Free | undefined {
    return this.#state.at === "idle" || this.#state.at === "unenrolled" ? this.#state : undefined;
  }

  get view(): PneView {
    const view = viewOf(this.store, this.ports, this.connection, this.joined, this.free?.asked?.invitation);
    const update = this.update?.view;
    return update === undefined ? view : { ...view, update };
  }

  /** Something that a screen shows has changed. */
  tell(): void {
    this.ports.notify({ kind: "state", view: this.view });
  }

  /** Lets a gateway find the device, by its name; `undefined` stops. */
  advertise(state: AdvertisedState | undefined): void {
    this.#advertised = state;
    const { ports, store } = this;
    if (state === undefined) ports.radio.advertise(undefined);
    else ports.radio.advertise(state, radioName(store, ports));
  }

  /** The device is called something else now. */
  renamed(): void {
    if (this.#advertised !== undefined) this.advertise(this.#advertised);
    this.tell();
  }

  become(state: PneState): void {
    this.#state = state;
  }

  #free(): Free {
    const { state } = this.store;
    const at = state === "enrolled" || state === "replacing" ? "idle" : "unenrolled";
    return { at, asked: this.free?.asked };
  }

  /** Nothing is going on any more. */
  rest(): void {
    this.#state = this.#free();
    if (this.connection === undefined) this.awaitGateway();
  }

  /** The owner wants the device to be reached, or it has something to do by itself. */
  get mayBeFound(): boolean {
    const { policy, update } = this.ports;
    return policy.reachable || update?.slots.trial === true || this.lastPN !== undefined;
  }

  /** Lets a gateway connect, while there is nothing else to do. */
  awaitGateway(): void {
    if (!this.mayBeFound) return;
    this.#resting?.cancel();
    this.#resting = this.ports.clock.after(restPause, () => {
      if (this.free === undefined || this.connection !== undefined || !this.mayBeFound) return;
      const enrolled = this.store.state === "enrolled";
      const free = enrolled ? AdvertisedState.freeToJoin : AdvertisedState.needsEnrolment;
      this.advertise(this.lastPN === undefined ? free : AdvertisedState.joined);
    });
  }

  /** The device is not in the PN any more that it was in when it lost its power. */
  forgetPN(): void {
    if (this.lastPN === undefined) return;
    this.lastPN = undefined;
    this.keepPlace(undefined);
    if (this.free !== undefined && this.connection === undefined && !this.mayBeFound)
      this.advertise(undefined);
  }

  /** In flash. What flash does not take costs the way back after the next loss of power, and nothing else. */
  keepPlace(place: PNPlace | undefined): void {
    const kept = attempt(() => {
      this.store.place = place;
    });
    if ("error" in kept) this.ports.log.event("pne.placeNotKept", { code: kept.error.code });
  }

  /** Out of the PN that it is in, if any; before a factory reset flash stays as it is, whose first write is the mark. */
  leave(reset = false): void {
    const { joined } = this;
    if (joined === undefined) return;
    if (joined.away) this.advertise(undefined);
    if (!reset) this.keepPlace(undefined);
    joined.drop();
    this.rest();
    this.connection?.disconnect();
    this.tell();
  }

  // ── Invitations ──

  /** Asks the person, until nobody has decided in time. */
  ask(invitation: Invitation): void {
    const { free } = this;
    if (free === undefined) return;
    const timer = this.ports.clock.after(decisionTime, () => {
      if (this.answered() === undefined) return;
      this.ports.notify({ kind: "invitationOver" });
      this.tell();
    });
    this.#state = { at: free.at, asked: { invitation, timer } };
  }

  /** Takes the invitation, which is then decided. */
  answered(): Invitation | undefined {
    const { free } = this;
    if (free?.asked === undefined) return undefined;
    free.asked.timer.cancel();
    this.#state = { at: free.at };
    return free.asked.invitation;
  }

  // ── Procedures ──

  /** Runs what nobody waits for; `over` is called at the end, whatever it was. */
  quietly(connection: Connection, procedure: Procedure<unknown>, over?: () => void): void {
    connection.runQuietly(procedure, (outcome) => {
      over?.();
      if (!("error" in outcome)) return;
      this.ports.log.event("pne.duty", { name: procedure.name, code: outcome.error.code });
    });
  }

  /** On a fresh stack: what received the answer is still open below, and a device has 512 slots of it. */
  fresh(work: () => void): void {
    this.ports.clock.after(Milliseconds(0), work);
  }

  /** What the next step refuses to do ends what runs by its name. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      this.failed(error);
    }
  }

  /** The task, or what was asked for in the PN, has failed: its person is told. */
  failed(error: CpnsError): void {
    const { ports } = this;
    const state = this.#state;
    const working = state.at === "working" ? state : undefined;
    working?.patience?.cancel();
    const wait = working && this.#ended(working.task, error.code);
    // While the gateway is waited for it must be able to find the device.
    if (this.joined?.away !== true) this.advertise(undefined);
    if (working !== undefined) this.rest();
    else if (this.free !== undefined && this.connection === undefined) this.awaitGateway();
    ports.log.event("pne.failed", { code: error.code });
    if (working !== undefined) this.connection?.disconnect();
    this.tell();
    const failed = { kind: "failed", code: error.code } as const;
    ports.notify(wait === undefined ? failed : { ...failed, wait });
  }

  /** Wipes what the task held; the delay before the next one, when it was a wrong credential. */
  #ended(task: Task, code: ErrorCode): Seconds | undefined {
    if (task.kind === "assign") task.assignment.drop();
    if (task.kind !== "enrol") return undefined;
    wipe(task.password);
    return this.#countFailure(code);
  }

  /** Only a wrong credential counts; a link that was lost cost nobody a guess. The delay that follows, seconds. */
  #countFailure(code: ErrorCode): Seconds | undefined {
    const { store, ports } = this;
    if (code !== "result.refused") {
      store.failures = Math.max(0, store.failures - 1);
      return undefined;
    }
    const delay = delayAfter(store.failures, pneRule);
    this.notBefore = Milliseconds(ports.clock.now() + delay);
    return delay > 0 ? Seconds(Math.ceil(delay / 1000)) : undefined;
  }
}
