import type { Clock, KeyValue, Timer } from "../../../src/base/ports.js";
import type { Milliseconds } from "../../../src/base/units.js";
import type { Suite } from "../../../src/crypto/suite.js";
import type { UpdateSlots } from "../../../src/pne/updatePorts.js";
import type { BootedFlash, VirtualFlash } from "../world/flash.js";
import { PowerCut } from "../world/power.js";
import type { BootedSlots, VirtualSlots } from "../world/slots.js";

/** What outlives the power. */
export interface Memory {
  readonly flash: VirtualFlash;
  /** Of the update alone. */
  readonly updates: VirtualFlash;
  readonly slots: VirtualSlots;
  readonly suite: Pick<Suite, "sha256">;
}

/**
 * A device from one start to the next loss of power. Everything timed dies with it, and firmware that swallows a power
 * cut gets nothing more from its flash and is not seen any more.
 */
export class Life {
  readonly clock: Clock;
  readonly #booted: BootedFlash;
  readonly #updates: BootedFlash;
  readonly slots: UpdateSlots;
  readonly #bootedSlots: BootedSlots;
  readonly #failed: () => void;
  readonly #timers = new Set<Timer>();
  #over = false;
  #told = false;

  /** `failed` is called once, when a loss of power has unwound; not after `end`. `restart`: for firmware that gives itself up. */
  constructor(
    clock: Clock,
    { flash, updates, slots, suite }: Memory,
    failed: () => void,
    restart: () => void,
  ) {
    this.#booted = flash.boot();
    this.#updates = updates.boot();
    const booted = slots.boot(suite, restart);
    this.#bootedSlots = booted;
    this.slots = {
      capacity: booted.capacity,
      current: booted.current,
      get trial() {
        return booted.trial;
      },
      get begun() {
        return booted.begun;
      },
      write: (offset, octets) => this.#use(() => booted.write(offset, octets)),
      hash: (length) => this.#use(() => booted.hash(length)),
      activate: () => this.#use(() => booted.activate()),
      confirm: () => this.#use(() => booted.confirm()),
      rollBack: () => booted.rollBack(),
    };
    this.#failed = failed;
    this.clock = { now: () => clock.now(), after: (delay, fire) => this.#after(clock, delay, fire) };
  }

  /** True from the moment in which the power fails. */
  get over(): boolean {
    return this.#over;
  }

  readonly flash: KeyValue = {
    read: (name) => this.#use(() => this.#booted.read(name)),
    write: (name, value) => this.#use(() => this.#booted.write(name, value)),
    delete: (name) => this.#use(() => this.#booted.delete(name)),
    names: () => this.#use(() => this.#booted.names()),
  };

  readonly updates: KeyValue = {
    read: (name) => this.#use(() => this.#updates.read(name)),
    write: (name, value) => this.#use(() => this.#updates.write(name, value)),
    delete: (name) => this.#use(() => this.#updates.delete(name)),
    names: () => this.#use(() => this.#updates.names()),
  };

  #use<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      if (error instanceof PowerCut) this.#over = true;
      throw error;
    }
  }

  /** Everything that comes from outside comes through here: a power cut that was planned unwinds to it. */
  guard(work: () => void): void {
    if (this.#over) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    if (this.#over && !this.#told) {
      this.#told = true;
      this.#failed();
    }
  }

  /** The power fails in the middle of what the device is doing, which goes on without effect. */
  fail(): void {
    this.#over = true;
    this.#booted.off();
    this.#updates.off();
    this.#bootedSlots.off();
  }

  /** No more power, now. */
  end(): void {
    this.fail();
    this.#told = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #after(clock: Clock, delay: Milliseconds, fire: () => void): Timer {
    const timer = clock.after(delay, () => {
      this.#timers.delete(timer);
      this.guard(fire);
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        timer.cancel();
        this.#timers.delete(timer);
      },
    };
  }
}
