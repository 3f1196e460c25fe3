import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { ProverSecrets } from "../crypto/spake2plus.js";

/** Between the credentials and the trigger. */
export const installedLifetime = Milliseconds(30_000);

interface Held {
  readonly userID: Uint8Array;
  readonly secrets: ProverSecrets;
}

/** What the gateway put into the device, in memory only: it does not outlive the connection, nor its one use (C-19). */
export class InstalledCredentials {
  readonly #clock: Clock;
  #held: Held | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(userID: Uint8Array, secrets: ProverSecrets): void {
    this.wipe();
    this.#held = { userID, secrets };
    this.#timer = this.#clock.after(installedLifetime, () => this.wipe());
  }

  take(): Held | undefined {
    const held = this.#held;
    this.#held = undefined;
    this.#timer?.cancel();
    return held;
  }

  wipe(): void {
    const held = this.take();
    held?.secrets.w0.wipe();
    held?.secrets.w1.wipe();
  }
}
