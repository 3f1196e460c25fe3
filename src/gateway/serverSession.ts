import { wipe } from "../base/octets.js";
import { contain, type Done, type Outcome } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import { Result } from "../codec/results.js";
import { deriveKeys } from "../crypto/keys/pairKeys.js";
import { KeyOrigin } from "../keystore/schemas.js";
import { RecordLayer, type RecordLayerOptions } from "../link/record.js";
import { ProcedureError, refusal } from "../procedure/procedure.js";
import { type DirectSession, Initiator } from "../protocols/authentication/initiator.js";
import { maximumResumptions, Resumption } from "../protocols/authentication/resumption.js";
import type { GbaPorts } from "../protocols/gba/gateway.js";
import type { GuardedPorts } from "./guard.js";
import { bootstrap } from "./ownKey.js";

/** Authentication or resumption, on the asking side. */
interface Handshake {
  start(exchange: number): Uint8Array;
  receive(answer: Uint8Array): Uint8Array | DirectSession;
  dispose(): void;
}

/** There is no key, or none that the Server takes. */
export const keyRefused: readonly string[] = Object.freeze(["auth.noKey", "result.refused"]);

/** For an answer of a handshake: what waits for the session has its own patience. */
const answerTime = Milliseconds(5_000);

/** A session with the Server, kept until the last request in it is over. */
export class ServerSession {
  readonly layer: RecordLayer;
  #open = 0;
  #ended = false;

  constructor(layer: RecordLayer) {
    this.layer = layer;
  }

  /** New requests may use it. */
  get alive(): boolean {
    return !this.#ended && this.layer.alive;
  }

  begin(): void {
    this.#open++;
  }

  over(): void {
    this.#open--;
    this.#wipe();
  }

  /** No new requests; those that are under way may still be answered. */
  end(): void {
    this.#ended = true;
    this.#wipe();
  }

  #wipe(): void {
    if (this.#ended && this.#open === 0) this.layer.wipe();
  }
}

/**
 * How the PN GW gets its session with the Server: by its EUKey (GWA-04 … GWA-13), by resuming the one before, or after a
 * bootstrapping where it has a UICC (C-21). Errors: "auth.noKey", "result.refused", "result.serverUnreachable", …
 */
export class SessionMaker {
  readonly #ports: GuardedPorts;
  readonly #confirm: (done: Done<undefined>) => void;

  /** `confirm`: finishes an enrolment of the PN GW that was cut after the delivery. */
  constructor(ports: GuardedPorts, confirm: (done: Done<undefined>) => void) {
    this.#ports = ports;
    this.#confirm = confirm;
  }

  /** One round trip while the time of the session lasts and only its counters are used up, else two. Throws nothing. */
  renew(old: ServerSession | undefined, done: Done<ServerSession>): void {
    this.#begin(done, (once) =>
      this.#renew(old, (outcome) => {
        if ("error" in outcome && keyRefused.includes(outcome.error.code)) this.#withDelivered(outcome, once);
        else once(outcome);
      }),
    );
  }

  /**
   * A key whose acknowledgement was lost is committed at the Server and only delivered here: it takes no other. Once it
   * is confirmed, there is another key to authenticate with.
   */
  #withDelivered(refused: Outcome<ServerSession>, done: Done<ServerSession>): void {
    const { state } = this.#ports.store;
    if (state !== "staged" && state !== "replacing") return done(refused);
    this.#confirm((outcome) => {
      if ("error" in outcome) done(refused);
      else this.#begin(done, (once) => this.#authenticate(once));
    });
  }

  /** What cannot even begin ends as an error, too. */
  #begin(done: Done<ServerSession>, work: (once: Done<ServerSession>) => void): void {
    let over = false;
    const once: Done<ServerSession> = (outcome) => {
      if (over) return;
      over = true;
      done(outcome);
    };
    const begun = contain(() => work(once), this.#ports.fault);
    if ("error" in begun) once(begun);
  }

  #renew(old: ServerSession | undefined, done: Done<ServerSession>): void {
    const { suite, random, clock } = this.#ports;
    const inTime = old !== undefined && clock.now() < old.layer.renewFrom;
    const ticket = inTime ? old.layer.takeTicket() : undefined;
    if (ticket === undefined) {
      this.#authenticate(done);
      return;
    }
    const { until, left } = ticket;
    this.#establish(new Resumption(suite, random, ticket), { until, resumptions: left - 1 }, (outcome) => {
      const away = "error" in outcome && outcome.error.code === "result.serverUnreachable";
      if ("error" in outcome && !away) this.#begin(done, (once) => this.#authenticate(once));
      else done(outcome);
    });
  }

  /**
   * With a UICC it is by a bootstrapped key, whatever else there is (EUK-GW-01, C-35), which is renewed when it is over or
   * not taken any more (C-21); without one such a key is none.
   */
  #authenticate(done: Done<ServerSession>, renewed = false): void {
    const { suite, random, store, gatewayID, log, clock, gba, forwardSecrecy = false } = this.#ports;
    const held = store.committed;
    const bootstrapped = held?.origin === KeyOrigin.gba;
    const ends = held?.expiresAt;
    // By a calendar that is ahead it was over as it was made: then the Server says when it is.
    const over =
      held !== undefined && ends !== undefined && held.createdAt < ends && ends * 1000 <= clock.now();
    if (gba !== undefined && !renewed && (!bootstrapped || over)) {
      wipe(held?.key);
      this.#bootstrap(gba, done);
      return;
    }
    if (held === undefined || (bootstrapped && gba === undefined)) {
      wipe(held?.key);
      log.event("auth.noKey");
      done({ error: new ProcedureError("auth.noKey") });
      return;
    }
    const keys = deriveKeys(suite, "EUK", held.key, gatewayID);
    wipe(held.key);
    const initiator = new Initiator({ suite, random, entityID: gatewayID, keys, forwardSecrecy });
    this.#establish(initiator, { resumptions: maximumResumptions }, (outcome) => {
      const refused = "error" in outcome && outcome.error.code === "result.refused";
      if (refused && gba !== undefined && !renewed) this.#bootstrap(gba, done);
      else done(outcome);
    });
  }

  #bootstrap(gba: GbaPorts, done: Done<ServerSession>): void {
    bootstrap(this.#ports, gba, (outcome) => {
      const failed = "error" in outcome;
      this.#ports.log.event(
        failed ? "gba.failed" : "gba.assigned",
        failed ? { code: outcome.error.code } : {},
      );
      if (failed) done(outcome);
      else this.#begin(done, (once) => this.#authenticate(once, true));
    });
  }

  #establish(
    handshake: Handshake,
    options: Pick<RecordLayerOptions, "until" | "resumptions">,
    done: Done<ServerSession>,
  ): void {
    const { suite, random, clock, log, limits, fault } = this.#ports;
    const number = new Uint8Array(2);
    random.fill(number);
    const exchange = ((number[0] as number) << 8) | (number[1] as number);
    const end = (outcome: Outcome<ServerSession>): void => {
      handshake.dispose();
      const failed = "error" in outcome;
      log.event(failed ? "auth.failed" : "auth.session", failed ? { reason: outcome.error.code } : {});
      done(outcome);
    };
    const send = (octets: Uint8Array): void => {
      let over = false;
      const timer = clock.after(answerTime, () => answered({ error: refusal(Result.serverUnreachable) }));
      const answered = (answer: Outcome<Uint8Array>): void => {
        if (over) return;
        over = true;
        timer.cancel();
        if ("error" in answer) return end({ error: refusal(Result.serverUnreachable) });
        const next = contain(() => handshake.receive(answer.value), fault);
        if ("error" in next) return end(next);
        if (next.value instanceof Uint8Array) return send(next.value);
        const made = { ...options, ...(limits && { limits }), ...next.value };
        end(
          contain(
            () => new ServerSession(new RecordLayer({ suite, clock, role: "initiator", ...made })),
            fault,
          ),
        );
      };
      this.#ports.request(octets, answered);
    };
    send(handshake.start(exchange));
  }
}
