import { CpnsError } from "../base/errors.js";
import { wipe } from "../base/octets.js";
import { fromServer } from "../catalogue/legs.js";
import { peekMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { deriveKeys } from "../crypto/keys.js";
import { RecordLayer, type RecordLayerOptions, sessionRecord } from "../link/record.js";
import type { Exchanged } from "../procedure/gatewayPorts.js";
import { ProcedureError } from "../procedure/procedure.js";
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
  readonly done: (result: Exchanged) => void;
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
  }

  exchange(octets: Uint8Array, done: (result: Exchanged) => void): void {
    if (this.#queue.length >= maximumWaiting) {
      done({ failed: Result.busy });
      return;
    }
    this.#queue.push({ octets, done, renewed: false });
    if (!this.#busy) this.#next();
  }

  #next(): void {
    const first = this.#queue[0];
    this.#busy = first !== undefined;
    if (first === undefined) return;
    if (this.#layer?.alive === true && !this.#layer.worn) {
      this.#send(first, this.#layer);
      return;
    }
    this.#renew((failed) => {
      // A session that still works is used to its end.
      const layer = this.#layer;
      if (layer?.alive === true) this.#send(first, layer);
      else this.#finish(first, { failed: failed ?? Result.serverUnreachable });
    });
  }

  #finish(waiting: Waiting, result: Exchanged): void {
    this.#queue.shift();
    // While the Server is out of reach, those who wait are told at once: they would time out one by one.
    const unreachable = "failed" in result && result.failed === Result.serverUnreachable;
    const others = unreachable ? this.#queue.splice(0) : [];
    waiting.done(result);
    for (const other of others) other.done(result);
    this.#next();
  }

  #send(waiting: Waiting, layer: RecordLayer): void {
    this.#ports.request(layer.seal(waiting.octets), (answer) => {
      if (answer === undefined) {
        // The Server may have counted the record or not; its counter only has to grow.
        this.#finish(waiting, { failed: Result.serverUnreachable });
        return;
      }
      try {
        if (answer[0] === sessionRecord) {
          const octets = layer.open(answer);
          expectExchange(octets, peekMessage(waiting.octets)?.exchange);
          this.#finish(waiting, { octets });
          return;
        }
        const message = fromServer.decode(answer);
        const expired = message.name === "Failure" && message.body.result === Result.sessionExpired;
        // It knows no such session, so it has not acted upon the request.
        if (expired && !waiting.renewed) {
          waiting.renewed = true;
          this.forget();
          this.#next();
          return;
        }
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
        this.#ports.log.event("server.answer", { error: error.code });
      }
      this.forget();
      this.#finish(waiting, { failed: Result.serverUnreachable });
    });
  }

  /** One round trip while the time of the session lasts and only its counters are used up, else two. */
  #renew(done: (failed: Result | undefined) => void): void {
    const { suite, random, clock } = this.#ports;
    const old = this.#layer;
    const inTime = old !== undefined && clock.now() < old.renewFrom;
    const ticket = inTime ? old.takeTicket() : undefined;
    if (ticket === undefined) {
      this.#authenticate(done);
      return;
    }
    const { until, left } = ticket;
    this.#establish(new Resumption(suite, random, ticket), { until, resumptions: left - 1 }, (failed) => {
      if (failed === undefined || failed === "unreachable") done(outcomeOf(failed));
      else this.#authenticate(done);
    });
  }

  /** GWA-04 … GWA-13 with the PN GW's EUKey; a bootstrapped one that is over, or not taken any more, is renewed (C-21). */
  #authenticate(done: (failed: Result | undefined) => void, renewed = false): void {
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
      done(Result.serverUnreachable);
      return;
    }
    const keys = deriveKeys(suite, "EUK", held.key, gatewayID);
    wipe(held.key);
    const initiator = new Initiator({ suite, random, entityID: gatewayID, keys, forwardSecrecy });
    const options = { resumptions: maximumResumptions };
    this.#establish(initiator, options, (failed) => {
      if (failed === "result.refused" && gba !== undefined && !renewed) this.#bootstrap(gba, done);
      else done(outcomeOf(failed));
    });
  }

  #bootstrap(gba: GbaPorts, done: (failed: Result | undefined) => void): void {
    assignByGba({ ...this.#ports, gba }, (error) => {
      this.#ports.log.event(error ? "gba.failed" : "gba.assigned", error ? { code: error.code } : {});
      if (error === undefined) this.#authenticate(done, true);
      else done(Result.serverUnreachable);
    });
  }

  /** Runs a handshake with the Server; its session takes the place of the older one. */
  #establish(
    handshake: Handshake,
    options: Pick<RecordLayerOptions, "until" | "resumptions">,
    done: (failed: string | undefined) => void,
  ): void {
    const { suite, random, clock, log, limits } = this.#ports;
    const number = new Uint8Array(2);
    random.fill(number);
    const exchange = ((number[0] as number) << 8) | (number[1] as number);
    const end = (failed?: string): void => {
      handshake.dispose();
      log.event(failed === undefined ? "auth.session" : "auth.failed", failed ? { reason: failed } : {});
      done(failed);
    };
    const send = (octets: Uint8Array): void => {
      this.#ports.request(octets, (answer) => {
        if (answer === undefined) return end("unreachable");
        try {
          const next = handshake.receive(answer);
          if (next instanceof Uint8Array) return send(next);
          this.forget();
          const made = { ...options, ...(limits && { limits }), ...next };
          this.#layer = new RecordLayer({ suite, clock, role: "initiator", ...made });
        } catch (error) {
          if (!(error instanceof CpnsError)) throw error;
          return end(error.code);
        }
        end();
      });
    };
    send(handshake.start(exchange));
  }
}

const outcomeOf = (failed: string | undefined): Result | undefined =>
  failed === undefined ? undefined : Result.serverUnreachable;

/** An answer repeats the exchange of its request; one to another request must not be taken for it. */
function expectExchange(octets: Uint8Array, exchange: number | undefined): void {
  if (peekMessage(octets)?.exchange !== exchange) throw new ProcedureError("protocol.unexpected", "exchange");
}
