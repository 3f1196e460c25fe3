import type { ErrorCode } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";
import { equalBytes } from "../../base/octets.js";
import { attempt } from "../../base/outcome.js";
import type { Timer } from "../../base/ports.js";
import { Milliseconds, toSeconds } from "../../base/units.js";
import { Result } from "../../codec/results.js";
import { leastCalendar } from "../../pne/expiry.js";
import { post } from "../../pne/posting.js";
import { encodeContents, offered, type Topic, understood } from "../../protocols/topics/contents.js";
import { decodeTopicMessage, isOfKind, type Value } from "../../protocols/topics/message.js";
import type { Page } from "../../ui/page.js";
import type { ApplicationHost, DeviceApplication } from "../board.js";
import type {
  Addressee,
  Application,
  Context,
  Handlers,
  Neighbour,
  NetworkState,
  Sender,
  SendOptions,
  Sent,
} from "./application.js";
import { Neighbours } from "./neighbours.js";
import { Outbox } from "./outbox.js";
import { ApplicationPage } from "./page.js";
import { FlashSettings } from "./settings.js";
import { Timers } from "./timers.js";

const soon = Milliseconds(0);
const usually = 30_000;
/** Messages that have been taken and not yet handed to the application. */
const maximumTaken = 8;

/** One application on one device: what it may do, and what is done to it. */
export class ApplicationRuntime implements DeviceApplication {
  readonly name: string;
  readonly contents: Uint8Array | undefined;
  readonly #application: Application;
  #host: ApplicationHost | undefined;
  #outbox: Outbox | undefined;
  #timers: Timers | undefined;
  #handlers: Handlers | undefined;
  /** Why it runs no more. */
  #stopped: string | undefined;
  #state: NetworkState = "none";
  #pnID: Uint8Array | undefined;
  /** The last number of each sender in this PN. */
  readonly #heard = new Map<string, number>();
  readonly #neighbours = new Neighbours();
  #taken = 0;
  /** How far the Server's calendar is ahead of the clock, as the last PN has told. */
  #ahead = 0;
  #drawing: Timer | undefined;

  /** Never throws: contents that no device can have stop the application before it starts. */
  constructor(application: Application) {
    this.#application = application;
    this.name = application.name;
    const { contents } = application;
    const made = contents.length === 0 ? undefined : attempt(() => encodeContents(contents));
    if (made !== undefined && "error" in made) this.#stopped = made.error.message;
    else this.contents = made?.value;
  }

  // ── What the firmware calls ──

  start(host: ApplicationHost): void {
    this.#host = host;
    const { clock, pne } = host;
    this.#outbox = new Outbox({
      clock,
      ready: () => this.#state === "here",
      post: (to, payload, done) => post(pne.core, to, payload, done),
    });
    this.#soon(() => {
      if (this.#stopped !== undefined) this.#stop(this.#stopped);
      this.#guard(() => {
        const settings = new FlashSettings(host.flash, host.suite, host.log);
        const timers = new Timers(clock, (work) => this.#guard(work));
        this.#timers = timers;
        this.#handlers = this.#application.start(this.#context(host, settings, timers));
        this.#look();
        this.#changed();
      });
    });
  }

  /** The PNE has told something: the network may have come, gone, or lost a member. */
  notice(): void {
    this.#soon(() => this.#look());
  }

  received(from: Sender, payload: Uint8Array): Result {
    const { contents } = this.#application;
    if (this.#handlers?.message === undefined) return Result.notListed;
    const read = attempt(() => decodeTopicMessage(payload));
    if ("error" in read) return Result.protocol;
    const { number, topic, value } = read.value;
    const known = understood(contents, topic);
    if (known === undefined || !isOfKind(known.kind, value)) return Result.notListed;
    this.#enter();
    const sender = typeof from === "string" ? from : from.member;
    // Its answer was lost, and the sender says the same again.
    if (number !== 0 && number <= (this.#heard.get(sender) ?? 0)) return Result.ok;
    if (this.#taken >= maximumTaken) return Result.busy;
    if (number !== 0) this.#heard.set(sender, number);
    this.#taken++;
    // On a fresh stack, after the acknowledgement.
    this.#soon(() => {
      this.#taken--;
      this.#guard(() => this.#handlers?.message?.(from, topic, value));
    });
    return Result.ok;
  }

  describe(contents: Uint8Array): string {
    return this.#neighbours.describe(contents);
  }

  page(): Page {
    return new ApplicationPage(() => ({
      name: this.name,
      lines: this.#lines(),
      stopped: this.#stopped,
      keys: (this.#handlers?.keys ?? []).map(({ label, press }) => ({
        label,
        press: () => this.#guard(press),
      })),
    }));
  }

  #lines(): readonly string[] {
    let lines: readonly string[] = [];
    this.#guard(() => {
      lines = this.#handlers?.page?.() ?? [];
    });
    return lines;
  }

  // ── What the application calls ──

  #context({ clock }: ApplicationHost, settings: FlashSettings, timers: Timers): Context {
    const state = (): NetworkState => this.#state;
    const members = (): readonly Neighbour[] => this.#members();
    return {
      get state() {
        return state();
      },
      get members() {
        return members();
      },
      settings,
      now: () => clock.now(),
      time: () => {
        const own = clock.now();
        const calendar = toSeconds(own) < leastCalendar ? own + this.#ahead : own;
        const now = toSeconds(Milliseconds(calendar));
        return now < leastCalendar ? undefined : now;
      },
      after: (delay, work) => timers.after(delay, work),
      every: (period, work) => timers.every(period, work),
      send: (to, topic, value, options) => this.#send(to, topic, value, options),
      changed: () => this.#changed(),
    };
  }

  #send(to: Addressee, topic: string, value: Value, { within = usually, done }: SendOptions = {}): void {
    const host = this.#host as ApplicationHost;
    const sent: Sent = (failed) => {
      if (done !== undefined) this.#soon(() => this.#guard(() => done(failed)));
    };
    const known = offered(this.#application.contents, topic);
    const refused = this.#refusal(to, topic, value, known);
    if (refused !== undefined) return sent(refused);
    const all = this.#addressees(to, topic);
    let open = all.length;
    let failed: ErrorCode | undefined;
    const until = Milliseconds(host.clock.now() + within);
    const event = known?.kind === "event";
    const ended: Sent = (code) => {
      failed ??= code;
      if (--open === 0) sent(failed);
    };
    all.forEach((one) => {
      this.#outbox?.add({ to: one, topic, value, event, until, sent: ended });
    });
  }

  /** Why it cannot even begin. */
  #refusal(to: Addressee, topic: string, value: Value, known: Topic | undefined): ErrorCode | undefined {
    if (this.#stopped !== undefined) return "application.stopped";
    if (this.#state === "none") return "pn.notMember";
    if (known === undefined) return "topic.unknown";
    if (!isOfKind(known.kind, value)) return "topic.kind";
    if (typeof to === "string") return undefined;
    const member = this.#members().find(({ id }) => id === to.member);
    if (member === undefined) return "result.noRoute";
    // Of one whose contents found no room in the inventory the answer will tell.
    if (member.topics.length > 0 && understood(member.topics, topic) === undefined) return "topic.unknown";
    return undefined;
  }

  #addressees(to: Addressee, topic: string): readonly Sender[] {
    if (to !== "all") return [to];
    const members = this.#members().filter(({ topics }) => understood(topics, topic) !== undefined);
    return [...members.map(({ id }) => ({ member: id })), "gateway"];
  }

  #members(): readonly Neighbour[] {
    return this.#neighbours.of(this.#host?.pne.core.joined?.pn);
  }

  // ── What happens to it ──

  /** On a fresh stack. */
  #soon(work: () => void): Timer | undefined {
    return this.#host?.clock.after(soon, work);
  }

  /** Everything of the application's own runs in here. */
  #guard(work: () => void): void {
    if (this.#stopped !== undefined) return;
    try {
      work();
    } catch (error) {
      this.#stop(error instanceof CpnsError ? error.message : String(error));
    }
  }

  #stop(why: string): void {
    this.#stopped = why;
    const host = this.#host;
    const handlers = this.#handlers;
    this.#handlers = undefined;
    this.#timers?.clear();
    this.#outbox?.clear("application.stopped");
    host?.log.event("application.stopped", { why });
    try {
      handlers?.stop?.();
    } catch (error) {
      host?.log.event("application.stopped", { why: String(error) });
    }
    // Perhaps its page is being drawn.
    this.#soon(() => host?.failed("application.stopped"));
    this.#changed();
  }

  /** Whether it is in a network now, and in which. */
  #look(): void {
    const joined = this.#enter();
    const state = joined === undefined ? "none" : joined.away ? "away" : "here";
    if (state !== this.#state) {
      this.#state = state;
      this.#guard(() => this.#handlers?.state?.(state));
    }
    this.#outbox?.pump();
  }

  /** In another PN everybody counts anew. */
  #enter() {
    const joined = this.#host?.pne.core.joined;
    const pnID = joined?.pn.pnID;
    if (joined?.pn.ahead !== undefined) this.#ahead = joined.pn.ahead;
    if (pnID !== this.#pnID) {
      const same = pnID && this.#pnID && equalBytes(pnID, this.#pnID);
      this.#pnID = pnID;
      // With another inventory of the same PN one of before may have come anew, and counts anew.
      this.#heard.clear();
      // The others go on counting where a device comes back after a loss of power: its numbers are above all of before.
      if (!same) this.#outbox?.clear("pn.notMember", (joined?.times ?? 0) * 2 ** 24);
    }
    return joined;
  }

  /** The page is drawn once for all that changes together. */
  #changed(): void {
    const host = this.#host;
    if (host === undefined || this.#drawing !== undefined) return;
    this.#drawing = this.#soon(() => {
      this.#drawing = undefined;
      host.changed();
    });
  }
}
