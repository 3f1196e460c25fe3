import type { Clock, Log, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { type LinkListener, RadioError, type RadioListener } from "../../../src/gateway/radio.js";
import { serviceUUID } from "../../../src/link/service.js";
import type { Noble, NoblePeripheral } from "./noble.js";
import { forgetStrangers, nobleUUID, withoutConsole } from "./noble.js";
import { NobleLink } from "./nobleLink.js";
import { Sightings } from "./sightings.js";

export interface NobleStackOptions {
  readonly noble: Noble;
  readonly clock: Clock;
  readonly log: Log;
  readonly maximumLinks: number;
  readonly listener: Pick<RadioListener, "heard" | "lost">;
  up(): void;
  /** It cannot be used any more: the owner closes it. */
  down(error: RadioError): void;
}

/** A round of scanning hears everybody who is there; the next one hears what has changed. */
const roundTime = Milliseconds(4_000);
/** After an attempt that failed, somebody else is listened for before the next one. */
const breath = Milliseconds(1_000);
/** For the adapter to begin or end scanning. */
const scanTimeout = Milliseconds(5_000);
/** Attempts in a row at devices that were just heard: so many do not fail by themselves. */
const suspiciousTimeouts = 8;

/** noble's states that are no passing ones. */
const errors: Readonly<Record<string, RadioError["code"]>> = {
  poweredOff: "adapter.off",
  unauthorized: "adapter.permission",
  unsupported: "adapter.unsupported",
};

/**
 * One life of noble's stack, from opening the adapter to whatever ends it. The adapter does one thing at a time: it scans,
 * in rounds, or it connects to one device; links that stand go on.
 */
export class NobleStack {
  readonly #options: NobleStackOptions;
  readonly #sightings: Sightings;
  readonly #links = new Map<string, NobleLink>();
  readonly #waiting: { readonly peer: string; readonly start: () => void }[] = [];
  #attempt: string | undefined;
  #scan: "off" | "changing" | "on" = "off";
  #round: Timer | undefined;
  #breathing = false;
  #timeouts = 0;
  #up = false;
  #closed = false;
  #maximum: number;

  constructor(options: NobleStackOptions) {
    this.#options = options;
    this.#maximum = options.maximumLinks;
    this.#sightings = new Sightings(options.listener);
  }

  /** What was told, until the adapter says that it has no more. */
  get maximumLinks(): number {
    return this.#maximum;
  }

  open(): void {
    const { noble, log } = this.#options;
    // A program's signals are its own business.
    const before = process.listeners("SIGINT");
    noble.removeAllListeners("warning");
    noble.on("warning", (text: string) => log.event("radio.warning", { text }));
    noble.on("discover", (peripheral: NoblePeripheral) => this.#sightings.see(peripheral));
    // Asking starts the stack, which may fail at once; listening would start it too, in a later turn.
    const state = withoutConsole(() => noble.state);
    noble.on("stateChange", (changed: string) => this.#stateChanged(changed));
    for (const added of process.listeners("SIGINT")) {
      if (!before.includes(added)) process.removeListener("SIGINT", added);
    }
    this.#stateChanged(state);
  }

  #stateChanged(state: string): void {
    if (this.#closed) return;
    const error = errors[state];
    if (error !== undefined) this.#options.down(new RadioError(error));
    else if (state === "poweredOn" && !this.#up) {
      this.#up = true;
      this.#options.up();
      this.#work();
    }
  }

  /** False when it cannot be: `peer` is not there, or is connected already. */
  connect(peer: string, listener: LinkListener): boolean {
    const peripheral = this.#sightings.peripheral(peer);
    if (!this.#up || peripheral === undefined || this.#links.has(peer)) return false;
    const link = new NobleLink({
      peripheral,
      clock: this.#options.clock,
      listener,
      attempted: () => {
        this.#timeouts = 0;
        this.#sightings.connected(peer);
        this.#attempted(peer, false);
      },
      over: (stuck, error) => this.#over(peer, stuck, error),
    });
    this.#links.set(peer, link);
    this.#waiting.push({ peer, start: () => link.start() });
    // The listener hears of nothing before this has returned.
    this.#options.clock.after(Milliseconds(0), () => this.#work());
    return true;
  }

  cancel(peer: string): void {
    this.#links.get(peer)?.cancel();
  }

  #attempted(peer: string, failed: boolean): void {
    if (this.#attempt !== peer) return;
    this.#attempt = undefined;
    if (failed) this.#breathing = true;
    this.#work();
  }

  #over(peer: string, stuck: boolean, error: RadioError | undefined): void {
    this.#links.delete(peer);
    const waiting = this.#waiting.findIndex((one) => one.peer === peer);
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    if (this.#closed) return;
    const standing = [...this.#links.values()].filter((link) => link.standing).length;
    if (error?.code === "radio.full") this.#maximum = Math.max(1, standing);
    const late = error?.code === "radio.timeout";
    if (late) {
      this.#timeouts++;
      this.#sightings.forget(peer);
    } else if (error === undefined) this.#sightings.released(peer);
    else this.#sightings.failed(peer);
    // Devices at the edge of range fail too: links that stand are not ended for that.
    const broken = stuck || (late && this.#timeouts >= suspiciousTimeouts && standing === 0);
    this.#attempted(peer, true);
    if (broken)
      this.#options.clock.after(Milliseconds(0), () => this.#options.down(new RadioError("adapter.silent")));
  }

  // ── Scanning and connecting, one at a time ──

  #work(): void {
    if (this.#closed || !this.#up || this.#attempt !== undefined || this.#scan === "changing") return;
    const next = this.#breathing ? undefined : this.#waiting[0];
    if (next === undefined) {
      if (this.#scan === "off") this.#startScan();
    } else if (this.#scan === "on") this.#stopScan();
    else {
      this.#waiting.shift();
      this.#attempt = next.peer;
      next.start();
    }
  }

  #startScan(): void {
    const { noble, clock } = this.#options;
    this.#change("on", (done) => noble.startScanning([nobleUUID(serviceUUID)], false, done));
    this.#sightings.begin();
    this.#round = clock.after(this.#breathing ? breath : roundTime, () => {
      if (this.#breathing) this.#breathing = false;
      else this.#endRound();
      if (this.#scan === "on") this.#stopScan();
    });
  }

  #endRound(): void {
    this.#sightings.end();
    forgetStrangers(this.#options.noble, (peer) => this.#sightings.peripheral(peer) !== undefined);
  }

  #stopScan(): void {
    this.#round?.cancel();
    this.#change("off", (done) => this.#options.noble.stopScanning(() => done(undefined)));
  }

  #change(to: "on" | "off", call: (done: (error: unknown) => void) => void): void {
    const { clock, down } = this.#options;
    this.#scan = "changing";
    const late = clock.after(scanTimeout, () => down(new RadioError("adapter.silent")));
    const done = (error: unknown): void => {
      if (this.#closed || this.#scan !== "changing") return;
      late.cancel();
      if (error) return down(new RadioError("adapter.silent", String(error)));
      this.#scan = to;
      this.#work();
    };
    try {
      call(done);
    } catch (error) {
      done(error);
    }
  }

  // ── The end ──

  /** The adapter has gone, with every link. */
  lose(error: RadioError): void {
    if (this.#closed) return;
    const links = [...this.#links.values()];
    this.close();
    for (const link of links) link.lose(error);
    this.#sightings.lose();
  }

  /** Tells nobody anything. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#round?.cancel();
    const { noble } = this.#options;
    noble.removeAllListeners("stateChange");
    noble.removeAllListeners("discover");
    try {
      withoutConsole(() => noble.stop());
    } catch {
      // The adapter that it would tell of the end has gone.
    }
  }
}
