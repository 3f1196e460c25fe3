import { wipe } from "../base/octets.js";

/**
 * Secret octets with an owner who wipes them. It is no LogValue, prints as "[secret]" whichever way it is turned
 * into text, and throws when used after the wipe, so that a wiped key is never used as a key of zeros.
 */
export class Secret {
  #octets: Uint8Array | undefined;

  /** Takes ownership: the caller no longer uses or wipes `octets`. */
  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get octets(): Uint8Array {
    if (this.#octets === undefined) throw new RangeError("secret used after it was wiped");
    return this.#octets;
  }

  get wiped(): boolean {
    return this.#octets === undefined;
  }

  copy(): Secret {
    return new Secret(this.octets.slice());
  }

  wipe(): void {
    wipe(this.#octets);
    this.#octets = undefined;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}
