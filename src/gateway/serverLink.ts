import { Initiator } from "../auth/initiator.js";
import { Result } from "../codec/results.js";
import { deriveKeys } from "../crypto/keys.js";
import { CpnsError } from "../errors.js";
import { RecordLayer, sessionRecord } from "../link/record.js";
import { fromServer } from "../messages.js";
import type { GatewayPorts } from "./ports.js";

/** The Server's answer inside the session, or why there is none. */
export type Exchanged = { readonly octets: Uint8Array } | { readonly failed: Result };

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
 * session has ended (GWA-01 … GWA-03), and sends one record at a time so that counters arrive in order.
 */
export class ServerLink {
  readonly #ports: GatewayPorts;
  readonly #queue: Waiting[] = [];
  #layer: RecordLayer | undefined;
  #busy = false;

  constructor(ports: GatewayPorts) {
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
    if (this.#layer?.alive !== true) {
      this.#authenticate((failed) => {
        if (failed === undefined) this.#send(first);
        else this.#finish(first, { failed });
      });
      return;
    }
    this.#send(first);
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

  #send(waiting: Waiting): void {
    const layer = this.#layer as RecordLayer;
    this.#ports.request(layer.seal(waiting.octets), (answer) => {
      if (answer === undefined) {
        // The Server may have counted the record or not; its counter only has to grow.
        this.#finish(waiting, { failed: Result.serverUnreachable });
        return;
      }
      try {
        if (answer[0] === sessionRecord) {
          this.#finish(waiting, { octets: layer.open(answer) });
          return;
        }
        const message = fromServer.decode(answer);
        const expired = message.name === "Failure" && message.body.result === Result.sessionExpired;
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

  /** GWA-04 … GWA-13 with the PN GW's EUKey. */
  #authenticate(done: (failed: Result | undefined) => void): void {
    const { suite, random, store, gatewayID, clock, log } = this.#ports;
    this.forget();
    const held = store.committed;
    if (held === undefined) {
      log.event("auth.noKey");
      done(Result.serverUnreachable);
      return;
    }
    const keys = deriveKeys(suite, "EUK", held.key, gatewayID);
    held.key.fill(0);
    const initiator = new Initiator({ suite, random, entityID: gatewayID, keys });
    const fail = (reason: string): void => {
      initiator.dispose();
      log.event("auth.failed", { reason });
      done(Result.serverUnreachable);
    };
    const send = (octets: Uint8Array): void => {
      this.#ports.request(octets, (answer) => {
        if (answer === undefined) {
          fail("unreachable");
          return;
        }
        try {
          const next = initiator.receive(fromServer.decode(answer));
          if (next instanceof Uint8Array) {
            send(next);
            return;
          }
          initiator.dispose();
          const { sk, sid } = next;
          this.#layer = new RecordLayer({ suite, clock, sk, sid, role: "initiator" });
          log.event("auth.session");
        } catch (error) {
          if (!(error instanceof CpnsError)) throw error;
          fail(error.code);
          return;
        }
        done(undefined);
      });
    };
    const exchange = new Uint8Array(2);
    random.fill(exchange);
    send(initiator.start(((exchange[0] as number) << 8) | (exchange[1] as number)));
  }
}
