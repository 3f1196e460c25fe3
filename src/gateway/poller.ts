import { hex } from "../base/octets.js";
import { attempt, type Done } from "../base/outcome.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { encodeMessage, messageSet, type Received } from "../codec/message.js";
import { Result, resultOf } from "../codec/results.js";
import { readAnswer } from "../procedure/answers.js";
import { maximumBackhaulMessage } from "../protocols/network/messages.js";
import { maximumReports, poll, pollResponse } from "../protocols/push/messages.js";
import type { GuardedPorts } from "./guard.js";
import type { ServerLink } from "./serverLink.js";

const answers = messageSet(pollResponse);

export type Pushed = Received<typeof pollResponse>["body"]["pushes"][number];

/** After a poll that was not answered; twice as long each time. */
const firstPause = Milliseconds(2_000);
const longestPause = Milliseconds(60_000);
/** Pushes that are known again when they come again: the Server had not got the report. One under way always is. */
const maximumKnown = 64;
/** For what was pushed to be done, so that the next poll can report it. */
const reportTime = Milliseconds(8_000);
/** The Server holds an empty poll; one that answers at once again and again must not be asked without a pause. */
const emptyPause = Milliseconds(1_000);

/** Keeps one poll open at the Server, and tells it what came of what it has pushed: each push is acted upon once. */
export class Poller {
  readonly #ports: GuardedPorts;
  readonly #server: ServerLink;
  readonly #act: (push: Pushed, done: Done<undefined>) => void;
  readonly #refused: () => void;
  /** What came of a push, once it has; `undefined` while it is acted upon. */
  readonly #known = new Map<string, Result | undefined>();
  readonly #reports: { readonly id: Uint8Array; readonly result: Result }[] = [];
  #timer: Timer | undefined;
  #polling = false;
  /** Pushes that nothing has come of yet. */
  #acting = 0;
  #failures = 0;

  /** `refused`: the Server takes no key of this PN GW any more. */
  constructor(
    ports: GuardedPorts,
    server: ServerLink,
    act: (push: Pushed, done: Done<undefined>) => void,
    refused: () => void,
  ) {
    this.#ports = ports;
    this.#server = server;
    this.#act = act;
    this.#refused = refused;
  }

  /** Polls now; when the PN GW has started, has got a key, or its way to the Server is back. */
  start(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#polling) return;
    this.#polling = true;
    const pushes = this.#reports.splice(0, maximumReports);
    const body = pushes.length === 0 ? {} : { pushes };
    const asked = this.#ports.clock.now();
    this.#server.poll(encodeMessage(poll, 1, body), (outcome) => {
      this.#polling = false;
      const read = attempt(() => {
        if ("error" in outcome) throw outcome.error;
        return readAnswer(answers, outcome.value, "polling", maximumBackhaulMessage);
      });
      if ("error" in read) return this.#failed(read.error.code, pushes);
      this.#failures = 0;
      const { pushes: told } = read.value.body;
      for (const push of told) this.#take(push);
      if (this.#acting > 0) return this.#again(reportTime);
      const held = told.length > 0 || this.#ports.clock.now() - asked >= emptyPause;
      this.#again(held ? Milliseconds(0) : emptyPause);
    });
  }

  #failed(code: string, pushes: readonly { readonly id: Uint8Array; readonly result: Result }[]): void {
    this.#reports.unshift(...pushes);
    if (code === "result.gatewayNotEnrolled") this.#refused();
    const pause = Math.min(longestPause, firstPause * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    this.#again(Milliseconds(pause));
  }

  #again(pause: Milliseconds): void {
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.after(pause, () => this.start());
  }

  /** Once: when it comes again, what came of it is told again. */
  #take(push: Pushed): void {
    const { id } = push;
    const name = hex(id);
    if (this.#known.has(name)) {
      const result = this.#known.get(name);
      if (result !== undefined) this.#report(id, result);
      return;
    }
    this.#known.set(name, undefined);
    for (const [oldest, result] of this.#known) {
      if (this.#known.size <= maximumKnown) break;
      if (result !== undefined) this.#known.delete(oldest);
    }
    this.#ports.log.event("server.pushed", { kind: push.kind });
    this.#acting++;
    this.#act(push, (outcome) => {
      const result = "error" in outcome ? resultOf(outcome.error.code) : Result.ok;
      this.#acting--;
      this.#known.set(name, result);
      this.#report(id, result);
      // Who has sent it waits.
      if (this.#acting === 0) this.#again(Milliseconds(0));
    });
  }

  #report(id: Uint8Array, result: Result): void {
    this.#reports.push({ id, result });
    if (this.#reports.length > 4 * maximumReports) this.#reports.shift();
  }
}
