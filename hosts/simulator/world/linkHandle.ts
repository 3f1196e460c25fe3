import type { LinkError } from "../../../src/link/errors.js";
import type { Direction, End } from "./air.js";
import type { AirLink } from "./airLink.js";

/** One end of a connection; a FragmentPort (src/link/channel.ts). What is not listened to is lost. */
export interface RadioLink {
  readonly id: number;
  /** ATT_MTU − 3. */
  readonly maximumWrite: number;
  /** The PAN of this link is secure by itself. */
  readonly secure: boolean;
  write(fragment: Uint8Array, sent: (error?: LinkError) => void): void;
  onFragment: (fragment: Uint8Array) => void;
  onClosed: (reason: string) => void;
  disconnect(): void;
}

/** The end of an AirLink that its owner holds. */
export class LinkHandle implements RadioLink {
  onFragment: (fragment: Uint8Array) => void = () => {};
  onClosed: (reason: string) => void = () => {};
  readonly #link: AirLink;
  readonly #end: End;

  constructor(link: AirLink, end: End) {
    this.#link = link;
    this.#end = end;
  }

  get id(): number {
    return this.#link.id;
  }

  get maximumWrite(): number {
    return this.#link.maximumWrite;
  }

  get secure(): boolean {
    return this.#link.secure;
  }

  write(fragment: Uint8Array, sent: (error?: LinkError) => void): void {
    const direction: Direction = this.#end === "pne" ? "toGateway" : "toPNE";
    this.#link.write(direction, fragment, sent);
  }

  disconnect(): void {
    this.#link.disconnect(this.#end === "pne" ? "closed by the PNE" : "closed by the PN GW", this.#end);
  }
}
