import type { Clock } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { LinkError } from "../../../src/link/errors.js";
import { minimumWrite } from "../../../src/link/fragment.js";
import type { GatewayConnection } from "../../../src/pne/ports.js";
import type { GattCharacteristic, GattConnection } from "./gatt.js";

/** For one notification; the stack completes it when it has gone into the air. */
const writeTimeout = Milliseconds(5_000);
/** Fragments that wait to be looked at; a peer that sends more at once keeps to no window. */
const maximumArrived = 16;

export interface BleConnectionOwner {
  received(fragment: Uint8Array): void;
  /** As `Notify`, which see for how long `sent` is held. */
  notify(
    connection: GattConnection,
    tx: GattCharacteristic,
    fragment: Uint8Array,
    sent: (error: number) => void,
  ): void;
  /** Ends the connection; `closed` and `completeWrites` follow. */
  drop(why: string): void;
}

/** One connection of a gateway, from its first event to its last; a new connection is a fresh one of these. */
export class BleConnection implements GatewayConnection {
  readonly #clock: Clock;
  readonly #owner: BleConnectionOwner;
  #connection: GattConnection | undefined;
  #tx: GattCharacteristic | undefined;
  readonly #arrived: Uint8Array[] = [];
  readonly #writes = new Set<(error?: LinkError) => void>();
  /** Bonded with authentication, by LE Secure Connections (SEC-02). */
  secure = false;
  /** The person has seen the same number on both sides. */
  compared = false;

  constructor(connection: GattConnection, clock: Clock, owner: BleConnectionOwner) {
    this.#connection = connection;
    this.#clock = clock;
    this.#owner = owner;
  }

  is(connection: GattConnection): boolean {
    return this.#connection === connection;
  }

  /** The gateway has subscribed: both directions are open. */
  get linked(): boolean {
    return this.#tx !== undefined;
  }

  subscribed(tx: GattCharacteristic): void {
    this.#tx = tx;
  }

  get maximumWrite(): number {
    return this.#connection?.maximumWrite ?? minimumWrite;
  }

  write(fragment: Uint8Array, sent: (error?: LinkError) => void): void {
    if (this.#connection === undefined || this.#tx === undefined) {
      sent(new LinkError("link.closed"));
      return;
    }
    const done = (error?: LinkError): void => {
      timer.cancel();
      if (this.#writes.delete(done)) sent(error);
    };
    const timer = this.#clock.after(writeTimeout, () => done(new LinkError("link.write")));
    this.#writes.add(done);
    // The stack would cut it without a word.
    if (fragment.length > this.maximumWrite) {
      done(new LinkError("link.write"));
      return;
    }
    try {
      this.#owner.notify(this.#connection, this.#tx, fragment, (error) =>
        done(error ? new LinkError("link.write") : undefined),
      );
    } catch {
      done(new LinkError("link.write"));
    }
  }

  disconnect(): void {
    // Never in the middle of what the core does: it hears of the end as an event.
    this.#clock.after(Milliseconds(0), () => {
      if (this.#connection !== undefined) this.#owner.drop("closed by the PNE");
    });
  }

  arrived(fragment: Uint8Array): void {
    if (this.#arrived.length >= maximumArrived) {
      this.disconnect();
      return;
    }
    this.#arrived.push(fragment);
    if (this.#arrived.length === 1) this.#later();
  }

  /** One fragment a turn, so that keypad and display get theirs. */
  #later(): void {
    this.#clock.after(Milliseconds(0), () => {
      if (this.#connection === undefined) return;
      const fragment = this.#arrived.shift();
      if (fragment === undefined) return;
      if (this.#arrived.length > 0) this.#later();
      this.#owner.received(fragment);
    });
  }

  end(): void {
    this.#connection?.close();
  }

  /** Nothing of it may be used from here on: the stack has freed it. */
  closed(): void {
    this.#connection = undefined;
    this.#tx = undefined;
    this.#arrived.length = 0;
  }

  /** After the owner has heard of the end. */
  completeWrites(): void {
    for (const done of [...this.#writes]) done(new LinkError("link.closed"));
  }
}
