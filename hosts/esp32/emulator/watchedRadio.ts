import type { LinkEvents, RadioDriver } from "../../../src/device/radio.js";
import type { AdvertisedState } from "../../../src/link/service.js";
import type { GatewayConnection } from "../../../src/pne/ports.js";

/** What a test may know of the link. */
export interface LinkSeen {
  readonly linked: boolean;
  readonly secure: boolean;
  readonly maximumWrite: number;
}

/** A radio with a test's eye on its link. */
export class WatchedRadio implements RadioDriver {
  readonly #radio: RadioDriver;
  #link: GatewayConnection | undefined;

  constructor(radio: RadioDriver) {
    this.#radio = radio;
  }

  get link(): LinkSeen {
    const link = this.#link;
    return {
      linked: link !== undefined,
      secure: link?.secure === true,
      maximumWrite: link?.maximumWrite ?? 0,
    };
  }

  start(name: string, events: LinkEvents): void {
    this.#radio.start(name, {
      ready: () => events.ready(),
      connected: (link) => {
        this.#link = link;
        return events.connected(link);
      },
      received: (fragment) => events.received(fragment),
      disconnected: () => {
        this.#link = undefined;
        events.disconnected();
      },
    });
  }

  advertise(state: AdvertisedState | undefined, name?: string): void {
    this.#radio.advertise(state, name);
  }

  forget(): void {
    this.#radio.forget?.();
  }

  bonds(): number {
    return this.#radio.bonds?.() ?? 0;
  }
}
