import type { Clock, Log } from "../base/ports.js";
import type { GatewayPorts } from "../procedure/gatewayPorts.js";
import { infoOf } from "./info.js";
import type { GatewayEntityPorts } from "./ports.js";

/** What the PN GW works with inside. */
export interface GuardedPorts extends GatewayEntityPorts, GatewayPorts {
  /**
   * Another User has its Entity ID, and it holds no key: what there is under it ends, and it is a new PN GW (C-12). Asked
   * for "once" it is false, and nothing is done, until it has had a key under the last fresh one.
   */
  readonly takeFreshID: (how?: "once") => boolean;
}

/**
 * Nothing that the PN GW does ends its program: whatever is thrown in a timer, an answer or a call of the radio is a
 * fault of ours, which is logged, and ends what it happened in.
 */
export class Guard {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  readonly fault = (error: unknown): void => {
    this.#log.event("gateway.fault", {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  };

  /** `work`, which throws nothing; `ended` when it would have. */
  callback<Args extends readonly unknown[]>(
    work: (...args: Args) => void,
    ended: () => void = () => {},
  ): (...args: Args) => void {
    return (...args) => {
      try {
        work(...args);
      } catch (error) {
        this.fault(error);
        ended();
      }
    };
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delay, fire) => clock.after(delay, this.callback(fire)),
    };
  }

  /** The same ports; what they call back throws nothing. */
  ports(
    ports: GatewayEntityPorts,
    changed: () => void,
    topic: NonNullable<GatewayPorts["topic"]>,
    takeFreshID: GuardedPorts["takeFreshID"],
  ): GuardedPorts {
    const { gba } = ports;
    return {
      ...ports,
      get gatewayID() {
        return ports.store.entityID ?? ports.gatewayID;
      },
      takeFreshID,
      fault: this.fault,
      changed,
      info: () => infoOf(ports),
      topic,
      clock: this.clock(ports.clock),
      request: (octets, done, patience) => ports.request(octets, this.callback(done), patience),
      ...(gba && { gba: { ...gba, ub: (request, done) => gba.ub(request, this.callback(done)) } }),
    };
  }
}
