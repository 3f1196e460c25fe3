import type { Clock, KeyValue, Log, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { PowerCut } from "../world/power.js";

/** From one start of the PN GW to its next loss of power: what it waits for then never comes. */
export class GatewayLife {
  #on = true;

  end(): void {
    this.#on = false;
  }

  callback<Args extends readonly unknown[]>(work: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      if (this.#on) work(...args);
    };
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delay: Milliseconds, fire: () => void): Timer => clock.after(delay, this.callback(fire)),
    };
  }

  log(log: Log): Log {
    return {
      event: (name, fields) => {
        if (this.#on) log.event(name, fields);
      },
    };
  }

  /** Its flash. A power cut that was planned for it ends this life there and then; `failed` is called afterwards. */
  flash(flash: KeyValue, clock: Clock, failed: () => void): KeyValue {
    const watch = <T>(work: () => T): T => {
      try {
        return work();
      } catch (error) {
        if (error instanceof PowerCut && this.#on) {
          this.end();
          clock.after(Milliseconds(0), failed);
        }
        throw error;
      }
    };
    return {
      read: (name) => watch(() => flash.read(name)),
      write: (name, value) => watch(() => flash.write(name, value)),
      delete: (name) => watch(() => flash.delete(name)),
      names: () => watch(() => flash.names()),
    };
  }
}
