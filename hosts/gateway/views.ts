import type { GatewayView } from "../../src/gateway/ports.js";
import type { AdvertisedState } from "../../src/link/service.js";

/** What the gateway tells over its socket and to its page. */

/** What the gateway shows over its socket: its view and what it knows of radio and Server. */
export interface ProgramView extends GatewayView {
  readonly radio: { readonly usable: boolean; readonly error?: string };
  readonly heard: readonly HeardView[];
  readonly serverAway?: string;
  readonly broker?: BrokerView;
}

/** A device in range. */
export interface HeardView {
  /** The radio's own name of it. */
  readonly peer: string;
  readonly name?: string;
  readonly state: "waiting" | "connecting" | "linked";
  /** What it has last told everybody. */
  readonly says?: keyof typeof AdvertisedState;
  /** Its Entity ID, once it has said it on its link. */
  readonly device?: string;
}

export interface BrokerView {
  readonly url: string;
  readonly connected: boolean;
  /** The trouble that there was last. */
  readonly error?: string;
}

/** Who may join at the gateways of its owner. */
export interface GuestsView {
  readonly guests: readonly string[];
  readonly everybody: boolean;
}

/** Where the gateway's page is. */
export interface PageView {
  /** Addresses of it; none while it is off. */
  readonly addresses: readonly string[];
  /** SHA-256 of its certificate, as browsers show it. */
  readonly fingerprint: string;
  /** With which its password is chosen, until there is one. */
  readonly code?: string;
}
