import type { ErrorCode } from "../../base/errorCodes.js";
import type { CpnsError } from "../../base/errors.js";
import type { Done } from "../../base/outcome.js";
import type { Clock, Timer } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeTopicMessage, type Value } from "../../protocols/topics/message.js";
import type { Sender, Sent } from "./application.js";

/** Messages that wait. */
export const maximumWaiting = 16;
/** Before what is away for a moment is tried again. */
const pause = Milliseconds(1_000);
/** After the answer to one: what the gateway asks for meanwhile goes before the next. */
const turn = Milliseconds(1);

/** The same may work a little later. */
const passing: ReadonlySet<ErrorCode> = new Set([
  "linkLost",
  "timeout",
  "result.busy",
  "result.noRoute",
  "result.serverUnreachable",
] as const);

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

const keyOf = (to: Sender): string => (typeof to === "string" ? to : to.member);

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
    const key = keyOf(message.to);
    const older = this.#waiting.find((one) => !one.event && one.key === key && one.topic === message.topic);
    if (older !== undefined && !message.event && older !== this.#underWay) this.#end(older, "topic.dropped");
    else if (this.#waiting.length >= maximumWaiting) this.#makeRoom();
    this.#waiting.push({ ...message, key, notBefore: 0 });
    this.pump();
  }

  #makeRoom(): void {
    const free = this.#waiting.filter((one) => one !== this.#underWay);
    const oldest = free.find((one) => !one.event) ?? free[0];
    if (oldest !== undefined) this.#end(oldest, "topic.dropped");
  }

  /** In another PN the numbers begin anew; nothing is left of the old one. */
  clear(code: ErrorCode): void {
    this.#underWay = undefined;
    this.#number = 0;
    this.#timer?.cancel();
    for (const one of this.#waiting.splice(0)) one.sent(code);
  }

  /** Sends what can be sent now, and looks again when something else can be, or is late. */
  pump(): void {
    const now = this.#ports.clock.now();
    for (const one of this.#waiting.filter(({ until }) => until <= now))
      this.#end(one, one.failed ?? "topic.late");
    if (this.#underWay === undefined && this.#ports.ready()) this.#send(this.#next(now));
    this.#watch(now);
  }

  /** The oldest of which nothing older goes to the same addressee. */
  #next(now: number): Waiting | undefined {
    const held = new Set<string>();
    for (const one of this.#waiting) {
      if (!held.has(one.key) && one.notBefore <= now) return one;
      held.add(one.key);
    }
    return undefined;
  }

  #send(message: Waiting | undefined): void {
    if (message === undefined) return;
    this.#underWay = message;
    const { topic, value, to } = message;
    message.payload ??= encodeTopicMessage({ number: ++this.#number, topic, value });
    this.#ports.post(to, message.payload, (outcome) => {
      const current = this.#underWay === message;
      if (current) this.#underWay = undefined;
      if (current && this.#waiting.includes(message)) {
        this.#answered(message, "error" in outcome ? outcome.error : undefined);
      }
      this.#look(turn);
    });
  }

  #answered(message: Waiting, error: CpnsError | undefined): void {
    if (error === undefined || !passing.has(error.code)) return this.#end(message, error?.code);
    message.failed = error.code;
    message.notBefore = this.#ports.clock.now() + pause;
  }

  #end(message: Waiting, code: ErrorCode | undefined): void {
    this.#waiting.splice(this.#waiting.indexOf(message), 1);
    message.sent(code);
  }

  #watch(now: number): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#underWay === undefined && this.#ports.ready();
    const next = this.#waiting.map((one) =>
      ready && one.notBefore > now ? Math.min(one.notBefore, one.until) : one.until,
    );
    this.#look(Milliseconds(Math.max(turn, Math.min(...next) - now)));
  }

  #look(delay: Milliseconds): void {
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.after(delay, () => this.pump());
  }
}
