import type { Clock, Log, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { AdvertisedState } from "../../../src/link/service.js";
import type { BleStack, GattServer } from "./gatt.js";
import { advertised, gapName } from "./service.js";

/** After a change somebody may be waiting; later a gateway that listens all the time still finds it in some seconds. */
const fastTime = Milliseconds(30_000);
/** The stack says nothing when it could not start to advertise, as while a link is still ending: it is asked again. */
const again = Milliseconds(2_000);

/** What the device tells who listens: at once and often after each change, then seldom. */
export class Advertising {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stack: BleStack;
  #server: GattServer | undefined;
  #state: AdvertisedState | undefined;
  #name = "";
  /** The only connection there may be is taken. */
  #taken = false;
  #timer: Timer | undefined;

  constructor({ clock, log, stack }: { readonly clock: Clock; readonly log: Log; readonly stack: BleStack }) {
    this.#clock = clock;
    this.#log = log;
    this.#stack = stack;
  }

  /** The stack is up. */
  up(server: GattServer): void {
    this.#server = server;
    this.#stack.setName(gapName(this.#name));
    this.#refresh();
  }

  want(state: AdvertisedState | undefined, name = this.#name): void {
    const same = state === this.#state && name === this.#name;
    if (name !== this.#name && this.#server !== undefined) this.#stack.setName(gapName(name));
    this.#state = state;
    this.#name = name;
    if (!same) this.#refresh();
  }

  taken(yes: boolean): void {
    this.#taken = yes;
    this.#refresh();
  }

  #refresh(): void {
    this.#timer?.cancel();
    const server = this.#server;
    if (server === undefined) return;
    if (this.#state === undefined) {
      server.stopAdvertising();
      return;
    }
    if (this.#taken) return;
    const { advertisement, response } = advertised(this.#state, this.#name);
    try {
      server.startAdvertising(advertisement, response);
    } catch (error) {
      this.#log.event("ble.advertising", { error: String(error) });
    }
    this.#pace(false);
  }

  #pace(slow: boolean): void {
    const works = this.#stack.pace(slow);
    this.#timer = this.#clock.after(works ? fastTime : again, () => this.#pace(works || slow));
  }
}
