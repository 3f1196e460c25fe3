/**
 * What goes over stdin and stdout of the XS host between a PNE on XS and the world on Node: octet 0 is the type.
 * Types of both directions: fragment, disconnected. To the PNE: connected, command. From it: notice, advertise.
 */
export const Frame = Object.freeze({
  /** One fragment. */
  fragment: 1,
  /** maximumWrite (1 octet), 1 when the PAN is secure by itself else 0. */
  connected: 2,
  /** To the PNE: the link is gone; from the PNE: it wants it closed. */
  disconnected: 3,
  /** A Command and its texts, each with its length in one octet before it. */
  command: 4,
  /** JSON of a Told. */
  notice: 5,
  /** AdvertisedState, or 255 when it stops. */
  advertise: 6,
});

export const Command = Object.freeze({ enrol: 1, createPN: 2, sendToServer: 3, read: 4 });

export const notAdvertising = 255;

/** A notice with what the PNE had executed by then: byte codes, in all and of them in PBKDF2, on the curve, in the suite. */
export interface Told {
  readonly notice: { readonly kind: string; readonly code?: string };
  readonly meter: number;
  readonly kdf: number;
  readonly curve: number;
  /** PBKDF2 and curve among them. */
  readonly primitives: number;
}
