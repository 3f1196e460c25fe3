import { contain, type Done, finished, type Outcome } from "../base/outcome.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { fromServer } from "../catalogue/legs.js";
import { peekMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { sessionRecord } from "../link/record.js";
import { windowSize } from "../link/window.js";
import type { Errand } from "../procedure/gatewayPorts.js";
import { ProcedureError, refusal, unexpected } from "../procedure/procedure.js";
import { Displaced } from "./displaced.js";
import type { GuardedPorts } from "./guard.js";
import { keyRefused, type ServerSession, SessionMaker } from "./serverSession.js";

interface Request {
  readonly octets: Uint8Array;
  readonly errand: Errand;
  readonly done: Done<Uint8Array>;
  readonly since: number;
  /** The Server did not know its session: once more in another one. */
  moved: boolean;
}

/** A request on its way, and the record that it is in: a repeat is the same record. */
interface Flight {
  readonly request: Request;
  readonly session: ServerSession;
  readonly counter: number;
  readonly record: Uint8Array;
  readonly departed: number;
  /** How often it was sent, and how many of these nobody has answered or given up yet. */
  sent: number;
  open: number;
  over: boolean;
  timer: Timer | undefined;
}

/** For the answer to a poll: the Server holds it up to 25 s. */
const pollPatience = Milliseconds(35_000);

/** Requests under way at once. With 16, 64 enrolments of four requests each would take 9.6 s at 300 ms one way. */
export const maximumInFlight = 32;
/** Requests that wait for their turn; more are refused as busy. */
const maximumWaiting = 256;
/** After which a record is sent again. */
const repeatTime = 4_000;
/** A request has an answer after so long, or counts as unanswered: before the PNE's patience ends (10 s). */
const patience = 9_000;
/** Between two tries to renew a session that still works. */
const renewalPause = Milliseconds(5_000);

/**
 * The PN GW's side of its session with the Server: authenticates before anything is forwarded and again when the session
 * has ended (GWA-01 … GWA-03), when a PNE's message is the occasion (PNR-01, PNR-02). Many requests are under way at
 * once; one whose answer is lost is sent again as the same record, which the Server acts upon once.
 */
export class ServerLink {
  readonly #ports: GuardedPorts;
  readonly #maker: SessionMaker;
  /** What goes on with something, and what is new. */
  readonly #begun: Request[] = [];
  readonly #fresh: Request[] = [];
  readonly #flights = new Set<Flight>();
  readonly #displaced = new Displaced();
  #session: ServerSession | undefined;
  #renewing: Done<undefined>[] | undefined;
  #notBefore = 0;

  /** `confirm`: finishes an enrolment of the PN GW that was cut after the delivery. */
  constructor(ports: GuardedPorts, confirm: (done: Done<undefined>) => void = (done) => done(finished)) {
    this.#ports = ports;
    this.#maker = new SessionMaker(ports, confirm);
  }

  get authenticated(): boolean {
    return this.#session?.alive ?? false;
  }

  /** Another PN GW has been working with the Entity ID and key of this one. */
  get keyShared(): boolean {
    return this.#displaced.isOften(this.#ports.clock.now());
  }

  /** By the Server, which knows it no more, or by what came in place of an answer. */
  #ended(unknown: boolean): void {
    if (unknown && this.authenticated && this.#displaced.note(this.#ports.clock.now()))
      this.#ports.log.event("server.keyShared");
    this.forget();
  }

  /** Ends the session, so that the next request authenticates anew. */
  forget(): void {
    this.#session?.end();
    this.#session = undefined;
    this.#ports.changed?.();
  }

  exchange(octets: Uint8Array, done: Done<Uint8Array>, errand: Errand = {}): void {
    if (this.#begun.length + this.#fresh.length >= maximumWaiting) {
      done({ error: refusal(Result.busy) });
      return;
    }
    const queue = errand.begun === true ? this.#begun : this.#fresh;
    queue.push({ octets, errand, done, since: this.#ports.clock.now(), moved: false });
    this.#go();
  }

  /** What waits for a link that has closed is not asked any more. */
  drop(link: object): void {
    this.#failWaiting((one) => one.errand.link === link, { error: new ProcedureError("linkLost") });
  }

  /**
   * One request whose answer the Server holds back. It takes no place of the others, is not repeated, and is the first to
   * go with its session. The session is made for it if there is none.
   */
  poll(octets: Uint8Array, done: Done<Uint8Array>): void {
    this.connect((outcome) => {
      const session = this.#session;
      if ("error" in outcome || session?.alive !== true) {
        return done(notEnrolled(outcome) ? gatewayNotEnrolled : unreachable);
      }
      const counter = session.layer.next;
      const record = contain(() => session.layer.seal(octets), this.#ports.fault);
      if ("error" in record) return done(unreachable);
      session.begin();
      this.#ports.request(
        record.value,
        (answer) => {
          const read = contain(() => {
            if ("error" in answer) throw answer.error;
            return readAnswer({ session, counter, octets }, answer.value);
          }, this.#ports.fault);
          session.over();
          if ("value" in read && read.value instanceof Uint8Array) return done({ value: read.value });
          const expired = "value" in read && read.value === Result.sessionExpired;
          if (expired && this.#session === session) this.#ended(true);
          done(unreachable);
        },
        pollPatience,
      );
    });
  }

  /** Authenticates now (S3 1a-I), unless there is a session that works. */
  connect(done: Done<undefined>): void {
    if (this.authenticated) done(finished);
    else this.#renew(done);
  }

  /** Sends what may be sent. */
  #go(): void {
    const waiting = this.#begun.length + this.#fresh.length;
    if (waiting === 0 || this.#renewing !== undefined) return;
    const session = this.#session;
    const now = this.#ports.clock.now();
    if (session?.alive !== true || (session.layer.renewalDue && now >= this.#notBefore)) {
      // What is under way is answered first: with the session goes what the Server knows of its records. Nobody waits
      // for what had to be repeated.
      for (const { sent } of this.#flights) if (sent === 1) return;
      this.#renew(() => {});
      return;
    }
    while (this.#flights.size < maximumInFlight && session.alive && this.#roomIn(session)) {
      const next = this.#begun.shift() ?? this.#fresh.shift();
      if (next === undefined) return;
      this.#depart(next, session);
    }
  }

  /** A counter that falls out of the Server's window before it arrives would be refused. */
  #roomIn({ layer }: ServerSession): boolean {
    for (const { session, counter } of this.#flights) {
      if (session.layer === layer && layer.next - counter >= windowSize) return false;
    }
    return true;
  }

  /** A session that still works is used to its end. */
  #renewed(outcome: Outcome<undefined>): void {
    if ("error" in outcome) this.#notBefore = this.#ports.clock.now() + renewalPause;
    if ("value" in outcome || this.authenticated) this.#go();
    else this.#failWaiting(() => true, notEnrolled(outcome) ? gatewayNotEnrolled : unreachable);
  }

  #renew(done: Done<undefined>): void {
    if (this.#renewing !== undefined) {
      this.#renewing.push(done);
      return;
    }
    this.#renewing = [done];
    this.#maker.renew(this.#session, (outcome) => {
      const told = this.#renewing ?? [];
      this.#renewing = undefined;
      if ("value" in outcome) {
        this.forget();
        this.#session = outcome.value;
      }
      const over = "error" in outcome ? outcome : finished;
      this.#renewed(over);
      for (const one of told) one(over);
    });
  }

  #depart(request: Request, session: ServerSession): void {
    const counter = session.layer.next;
    const sealed = contain(() => session.layer.seal(request.octets), this.#ports.fault);
    if ("error" in sealed) return request.done(unreachable);
    const record = sealed.value;
    const flight: Flight = {
      ...{ request, session, counter, record, departed: this.#ports.clock.now() },
      ...{ sent: 0, open: 0, over: false, timer: undefined },
    };
    session.begin();
    this.#flights.add(flight);
    this.#send(flight);
  }

  /** The first time, or once more as the same record; the first answer counts. */
  #send(flight: Flight): void {
    const { clock, request } = this.#ports;
    flight.sent++;
    flight.open++;
    flight.timer?.cancel();
    const left = flight.request.since + patience - clock.now();
    const again = flight.sent === 1 && left > repeatTime;
    const wait = Milliseconds(again ? repeatTime : left);
    flight.timer = clock.after(wait, () => (again ? this.#send(flight) : this.#away(flight)));
    request(flight.record, (answer) => {
      if (flight.over) return;
      if ("value" in answer) return this.#answered(flight, answer.value);
      flight.open--;
      if (flight.sent === 1) this.#send(flight);
      else if (flight.open === 0) this.#away(flight);
    });
  }

  #answered(flight: Flight, answer: Uint8Array): void {
    const { request, session } = flight;
    const read = contain(() => {
      const { octets } = request;
      return readAnswer({ octets, session, counter: flight.counter }, answer);
    }, this.#ports.fault);
    if ("error" in read) this.#ports.log.event("server.answer", { error: read.error.code });
    else if (read.value instanceof Uint8Array) return this.#land(flight, { value: read.value });
    const told = "value" in read ? read.value : Result.protocol;
    const unknown = told === Result.sessionExpired;
    if (this.#session === session && told !== Result.alreadyDone) this.#ended(unknown);
    // It knows no such session, so it has not acted upon the request; of a repeated one nobody can tell.
    if (unknown && !request.moved && flight.sent === 1) {
      request.moved = true;
      this.#begun.unshift(request);
      this.#end(flight);
      this.#go();
    } else this.#land(flight, unreachable);
  }

  #end(flight: Flight): void {
    flight.over = true;
    flight.timer?.cancel();
    this.#flights.delete(flight);
    flight.session.over();
  }

  #land(flight: Flight, outcome: Outcome<Uint8Array>): void {
    this.#end(flight);
    flight.request.done(outcome);
    this.#go();
  }

  /** While the Server is out of reach, those who have waited as long are told at once: they would time out one by one. */
  #away(flight: Flight): void {
    this.#end(flight);
    flight.request.done(unreachable);
    this.#failWaiting((one) => one.since <= flight.departed, unreachable);
    this.#go();
  }

  #failWaiting(which: (request: Request) => boolean, outcome: Outcome<Uint8Array>): void {
    for (const queue of [this.#begun, this.#fresh]) {
      const all = queue.splice(0);
      queue.push(...all.filter((one) => !which(one)));
      for (const one of all) if (which(one)) one.done(outcome);
    }
  }
}

const unreachable = Object.freeze({ error: refusal(Result.serverUnreachable) });
const gatewayNotEnrolled = Object.freeze({ error: refusal(Result.gatewayNotEnrolled) });

/** A person has to see to it: there is no key, or none that the Server takes. */
const notEnrolled = (outcome: Outcome<undefined>): boolean =>
  "error" in outcome && keyRefused.includes(outcome.error.code);

interface Asking {
  readonly octets: Uint8Array;
  readonly session: ServerSession;
  readonly counter: number;
}

/** The answer; or sessionExpired or alreadyDone, in the clear. Throws CpnsError for what is neither. */
function readAnswer({ octets: asking, session, counter }: Asking, answer: Uint8Array): Uint8Array | Result {
  if (answer[0] !== sessionRecord) {
    const message = fromServer.decode(answer);
    const result = message.name === "Failure" ? message.body.result : Result.ok;
    if (result === Result.sessionExpired || result === Result.alreadyDone) return result;
    throw unexpected(message.name, "session");
  }
  const octets = session.layer.openAnswer(counter, answer);
  const asked = peekMessage(asking)?.exchange;
  // An answer repeats the exchange of its request; one to another request must not be taken for it.
  if (peekMessage(octets)?.exchange !== asked) throw new ProcedureError("protocol.unexpected", "exchange");
  return octets;
}
