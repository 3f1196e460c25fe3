import type { CodesOf } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import type { AdvertisedState } from "../link/service.js";
import type { PneConnection } from "./pneLink.js";

export type RadioErrorCode = Exclude<CodesOf<"adapter" | "radio">, "radio.silent">;

/** What a PN GW's radio cannot do. */
export class RadioError extends CpnsError {
  declare readonly code: RadioErrorCode;

  constructor(code: RadioErrorCode, detail?: string) {
    super(code, detail);
  }
}

/** What a PNE tells before a connection. */
export interface Advertisement {
  readonly state: AdvertisedState;
  readonly name?: string;
}

/** `peer` is the radio's own name of a device, the same from one connection to the next as far as the radio can tell. */
export interface RadioListener {
  /** A PNE advertises: at the beginning, when what it says changes, and anew after its link has ended. */
  heard(peer: string, advertisement: Advertisement): void;
  /** It has stopped, or has not been heard for a while. */
  lost(peer: string): void;
  /** Whether the radio can be used; when it cannot, every link and attempt has ended before. */
  usable(error?: RadioError): void;
}

/** The calls of one attempt to connect: `failed`, or `connected` and in the end `closed`. */
export interface LinkListener {
  /** Both directions are open. */
  connected(connection: PneConnection): void;
  failed(error: RadioError): void;
  received(fragment: Uint8Array): void;
  closed(reason: string): void;
}

/** The radio of a PN GW: it listens for PNEs that advertise for as long as it runs, and holds links to many. */
export interface GatewayRadio {
  /** Links that it can have at once, as far as it knows: an adapter tells only when it has no more. */
  readonly maximumLinks: number;
  /** Once. Nothing is heard before `usable`. */
  start(listener: RadioListener): void;
  /** Ends every link and attempt; calls nothing of the listeners any more. */
  stop(): void;
  /** Never calls the listener before it has returned. */
  connect(peer: string, listener: LinkListener): void;
  /** Calls off an attempt, which fails with "radio.cancelled". */
  cancel(peer: string): void;
}
