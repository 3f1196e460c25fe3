import { wipe } from "../base/octets.js";
import { attempt, type Done, finished, type Outcome } from "../base/outcome.js";
import { fromServer } from "../catalogue/legs.js";
import { peekMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { deriveKeys } from "../crypto/keys.js";
import { RecordLayer, type RecordLayerOptions, sessionRecord } from "../link/record.js";
import { ProcedureError, refusal, unexpected } from "../procedure/procedure.js";
import { type DirectSession, Initiator } from "../protocols/authentication/initiator.js";
import { maximumResumptions, Resumption } from "../protocols/authentication/resumption.js";
import { assignByGba, type GbaPorts } from "../protocols/gba/gateway.js";
import type { GatewayEntityPorts } from "./ports.js";

/** Authentication or resumption, on the asking side. */
interface Handshake {
  start(exchange: number): Uint8Array;
  receive(answer: Uint8Array): Uint8Array | DirectSession;
  dispose(): void;
}

interface Waiting {
  readonly octets: Uint8Array;
  readonly done: Done<Uint8Array>;
  /** A session that the Server has forgotten is renewed once per request. */
  renewed: boolean;
}

/** Requests that wait for the one in flight; more are refused as busy. */
const maximumWaiting = 64;

/**
 * The PN GW's side of its session with the Server: authenticates before anything is forwarded and again when the
 * session has ended (GWA-01 … GWA-03), when a PNE's message is the occasion (PNR-01, PNR-02), and sends one record at a time so that counters arrive in order.
 */
export class ServerLink {
  readonly #ports: GatewayEntityPorts;
  readonly #queue: Waiting[] = [];
  #layer: RecordLayer | undefined;
  #busy = false;

  constructor(ports: GatewayEntityPorts) {
    this.#ports = ports;
  }

  get authenticated(): boolean {
    return this.#layer?.alive ?? false;
  }

  /** Ends the session, so that the next request authenticates anew. */
  forget(): void {
    this.#layer?.wipe();
    this.#layer = undefined;
    this.#ports.changed?.();
  }

  exchange(octets: Uint8Array, done: Done<Uint8Array>): void {
    if (this.#queue.length >= maximumWaiting) {
      done({ error: refusal(Result.busy) });
      return;
    }
    this.#queue.push({ octets, done, renewed: false });
    if (!this.#busy) this.#next();
  }

  /** Authenticates now (S3 1a-I), unless there is a session that works. */
  connect(done: Done<undefined>): void {
    if (this.authenticated) done(finished);
    else this.#renew(done);
  }

  #next(): void {
    const first = this.#queue[0];
    this.#busy = first !== undefined;
    if (first === undefined) return;
    if (this.#layer?.alive === true && !this.#layer.renewalDue) {
      this.#send(first, this.#layer);
      return;
    }
    this.#renew(() => {
      // A session that still works is used to its end.
      const layer = this.#layer;
      if (layer?.alive === true) this.#send(first, layer);
      else this.#finish(first, unreachable);
    });
  }

  #finish(waiting: Waiting, outcome: Outcome<Uint8Array>): void {
    this.#queue.shift();
    // While the Server is out of reach, those who wait are told at once: they would time out one by one.
    const others = outcome === unreachable ? this.#queue.splice(0) : [];
    waiting.done(outcome);
    for (const other of others) other.done(outcome);
    this.#next();
  }

  #send(waiting: Waiting, layer: RecordLayer): void {
    this.#ports.request(layer.seal(waiting.octets), (answer) => {
      // The Server may have counted the record or not; its counter only has to grow.
      if ("error" in answer) return this.#finish(waiting, unreachable);
      const read = attempt(() => this.#read(waiting, layer, answer.value));
      if ("value" in read && read.value !== "expired") return this.#finish(waiting, { value: read.value });
      if ("error" in read) this.#ports.log.event("server.answer", { error: read.error.code });
      this.forget();
      // It knows no such session, so it has not acted upon the request.
      if ("value" in read && !waiting.renewed) {
        waiting.renewed = true;
        this.#next();
        return;
      }
      this.#finish(waiting, unreachable);
    });
  }

  /** The answer, or that the Server does not know the session. Throws CpnsError for what is neither. */
  #read(waiting: Waiting, layer: RecordLayer, answer: Uint8Array): Uint8Array | "expired" {
    if (answer[0] === sessionRecord) {
      const octets = layer.open(answer);
      expectExchange(octets, peekMessage(waiting.octets)?.exchange);
      return octets;
    }
    const message = fromServer.decode(answer);
    const expired = message.name === "Failure" && message.body.result === Result.sessionExpired;
    if (!expired) throw unexpected(message.name, "session");
    return "expired";
  }

  /** One round trip while the time of the session lasts and only its counters are used up, else two. */
  #renew(done: Done<undefined>): void {
    const { suite, random, clock } = this.#ports;
    const old = this.#layer;
    const inTime = old !== undefined && clock.now() < old.renewFrom;
    const ticket = inTime ? old.takeTicket() : undefined;
    if (ticket === undefined) {
      this.#authenticate(done);
      return;
    }
    const { until, left } = ticket;
    this.#establish(new Resumption(suite, random, ticket), { until, resumptions: left - 1 }, (outcome) => {
      if ("error" in outcome && outcome !== unreachable) this.#authenticate(done);
      else done(outcome);
    });
  }

  /** GWA-04 … GWA-13 with the PN GW's EUKey; a bootstrapped one that is over, or not taken any more, is renewed (C-21). */
  #authenticate(done: Done<undefined>, renewed = false): void {
    const { suite, random, store, gatewayID, log, clock, gba, forwardSecrecy = false } = this.#ports;
    const held = store.committed;
    const over = held?.expiresAt !== undefined && held.expiresAt * 1000 <= clock.now();
    if (gba !== undefined && !renewed && (held === undefined || over)) {
      wipe(held?.key);
      this.#bootstrap(gba, done);
      return;
    }
    if (held === undefined) {
      log.event("auth.noKey");
      done({ error: new ProcedureError("auth.noKey") });
      return;
    }
    const keys = deriveKeys(suite, "EUK", held.key, gatewayID);
    wipe(held.key);
    const initiator = new Initiator({ suite, random, entityID: gatewayID, keys, forwardSecrecy });
    const options = { resumptions: maximumResumptions };
    this.#establish(initiator, options, (outcome) => {
      const refused = "error" in outcome && outcome.error.code === "result.refused";
      if (refused && gba !== undefined && !renewed) this.#bootstrap(gba, done);
      else done(outcome);
    });
  }

  #bootstrap(gba: GbaPorts, done: Done<undefined>): void {
    assignByGba({ ...this.#ports, gba }, (outcome) => {
      const failed = "error" in outcome;
      this.#ports.log.event(
        failed ? "gba.failed" : "gba.assigned",
        failed ? { code: outcome.error.code } : {},
      );
      if (failed) done(outcome);
      else this.#authenticate(done, true);
    });
  }

  /** Runs a handshake with the Server; its session takes the place of the older one. */
  #establish(
    handshake: Handshake,
    options: Pick<RecordLayerOptions, "until" | "resumptions">,
    done: Done<undefined>,
  ): void {
    const { suite, random, clock, log, limits } = this.#ports;
    const number = new Uint8Array(2);
    random.fill(number);
    const exchange = ((number[0] as number) << 8) | (number[1] as number);
    const end = (outcome: Outcome<undefined>): void => {
      handshake.dispose();
      const failed = "error" in outcome;
      log.event(failed ? "auth.failed" : "auth.session", failed ? { reason: outcome.error.code } : {});
      done(outcome);
    };
    const send = (octets: Uint8Array): void => {
      this.#ports.request(octets, (answer) => {
        if ("error" in answer) return end(unreachable);
        const next = attempt(() => handshake.receive(answer.value));
        if ("error" in next) return end(next);
        if (next.value instanceof Uint8Array) return send(next.value);
        this.forget();
        const made = { ...options, ...(limits && { limits }), ...next.value };
        this.#layer = new RecordLayer({ suite, clock, role: "initiator", ...made });
        this.#ports.changed?.();
        end(finished);
      });
    };
    send(handshake.start(exchange));
  }
}

const unreachable = Object.freeze({ error: refusal(Result.serverUnreachable) });

/** An answer repeats the exchange of its request; one to another request must not be taken for it. */
function expectExchange(octets: Uint8Array, exchange: number | undefined): void {
  if (peekMessage(octets)?.exchange !== exchange) throw new ProcedureError("protocol.unexpected", "exchange");
}
