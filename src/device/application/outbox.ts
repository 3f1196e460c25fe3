import type { ErrorCode } from "../../base/errorCodes.js";
import type { Done, Outcome } from "../../base/outcome.js";
import type { Clock, Timer } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeTopicMessage, type Value } from "../../protocols/topics/message.js";
import type { Sender, Sent } from "./application.js";

/** Messages that wait. */
const maximumWaiting = 16;
/** Before what is away for a moment is tried again. */
const pause = Milliseconds(1_000);
/** After the answer to one: what the gateway asks for meanwhile goes before the next. */
const turn = Milliseconds(1);

/** To renew sessions and wait for an answer. */
const longestAnswer = 30_000;

/** The same may work a little later. */
const passing: readonly ErrorCode[] = Object.freeze([
  "linkLost",
  "timeout",
  "result.busy",
  "result.noRoute",
  "result.serverUnreachable",
]);

export interface Outgoing {
  readonly to: Sender;
  readonly topic: string;
  readonly value: Value;
  /** An event is never replaced by a newer one, and dropped last. */
  readonly event: boolean;
  readonly until: Milliseconds;
  readonly sent: Sent;
}

interface Waiting extends Outgoing {
  readonly key: string;
  notBefore: number;
  /** Made at the first try, and the same at every other: whoever has had it knows it by its number. */
  payload?: Uint8Array;
  failed?: ErrorCode;
}

export interface OutboxPorts {
  readonly clock: Clock;
  /** The PN GW is there. */
  ready(): boolean;
  post(to: Sender, payload: Uint8Array, done: Done<undefined>): void;
}

/** What an application has sent and nobody has acknowledged: in order for each addressee, one under way at a time. */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #waiting: Waiting[] = [];
  #underWay: Waiting | undefined;
  #timer: Timer | undefined;
  #number = 0;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(message: Outgoing): void {
    const { to, topic, value, event, until, sent } = message;
    const key = typeof to === "string" ? to : to.member;
    const older = (one: Waiting): boolean => one !== this.#underWay && !one.event;
    let gone = event ? undefined : this.#find((one) => older(one) && one.key === key && one.topic === topic);
    if (this.#waiting.length >= maximumWaiting) gone ??= this.#find(older) ?? this.#find((one) => one.event);
    if (gone !== undefined) this.#end(gone, "topic.dropped");
    this.#waiting.push({ to, topic, value, event, until, sent, key, notBefore: 0 });
    this.pump();
  }

  #find(fits: (one: Waiting) => boolean): Waiting | undefined {
    return this.#waiting.find((one) => one !== this.#underWay && fits(one));
  }

  /** In another PN the numbers begin anew, after `number`; nothing is left of the old one. */
  clear(code: ErrorCode, number = 0): void {
    this.#underWay = undefined;
    this.#number = number;
    this.#timer?.cancel();
    this.#waiting.splice(0).forEach((one) => {
      one.sent(code);
    });
  }

  /** Sends what can be sent now, and looks again when something else can be, or is late. */
  pump(): void {
    const { clock } = this.#ports;
    const waiting = this.#waiting;
    const now = clock.now();
    for (let i = 0; i < waiting.length; ) {
      const one = waiting[i] as Waiting;
      if (one.until <= now) this.#end(one, one.failed ?? "topic.late");
      else i++;
    }
    const free = this.#underWay === undefined && this.#ports.ready();
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < waiting.length; i++) {
      const one = waiting[i] as Waiting;
      next = Math.min(next, one.until);
      // Something older goes to the same addressee.
      if (!free || (i > 0 && waiting.findIndex(({ key }) => key === one.key) < i)) continue;
      if (one.notBefore <= now) return this.#send(one, now);
      next = Math.min(next, one.notBefore);
    }
    if (waiting.length > 0) this.#look(Milliseconds(Math.max(turn, next - now)));
  }

  #send(message: Waiting, now: number): void {
    this.#underWay = message;
    const { topic, value, to } = message;
    message.payload ??= encodeTopicMessage({ number: ++this.#number, topic, value });
    // It may be late before there is an answer, which takes some seconds at most.
    const left = message.until - now;
    if (left < longestAnswer) this.#look(Milliseconds(left));
    this.#ports.post(to, message.payload, (outcome) => {
      if (this.#underWay === message) {
        this.#underWay = undefined;
        if (this.#waiting.includes(message)) this.#answered(message, outcome);
      }
      if (this.#waiting.length > 0) this.#look(turn);
      else this.#timer?.cancel();
    });
  }

  #answered(message: Waiting, outcome: Outcome<undefined>): void {
    const code = "error" in outcome ? outcome.error.code : undefined;
    if (code === undefined || !passing.includes(code)) return this.#end(message, code);
    message.failed = code;
    message.notBefore = this.#ports.clock.now() + pause;
  }

  #end(message: Waiting, code: ErrorCode | undefined): void {
    this.#waiting.splice(this.#waiting.indexOf(message), 1);
    message.sent(code);
  }

  #look(delay: Milliseconds): void {
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.after(delay, () => this.pump());
  }
}
