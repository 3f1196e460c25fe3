import { CpnsError } from "../../base/errors.js";
import type { Timer } from "../../base/ports.js";
import type { Milliseconds, Seconds } from "../../base/units.js";
import type { Sender } from "../../pne/ports.js";
import type { Topic } from "../../protocols/topics/contents.js";
import type { Value } from "../../protocols/topics/message.js";

/** What a device is for: the interface between an application (apps/) and the firmware. docs/APPLICATIONS.md. */

export type { Sender, Topic, Value };

/** `application.*`: what an application wants and cannot have. Those of messages are TopicError and what was answered. */
export class ApplicationError extends CpnsError {}

/** "here": in a network, and its gateway is there; "away": it is waited for; "none": in no network. */
export type NetworkState = "here" | "away" | "none";

/** Another member of the network. */
export interface Neighbour {
  /** Its Entity ID in hexadecimal: whom to send to. */
  readonly id: string;
  /** Its name for people, or its id. */
  readonly name: string;
  /** None when it has none, or when the network's inventory had no room for them. */
  readonly topics: readonly Topic[];
}

/** To whom: one, or the PN GW and every member that understands the topic. What goes to the Server nobody else reads. */
export type Addressee = Sender | "all";

/** Called once: undefined when it has arrived, else the error's code. */
export type Sent = (failed?: CpnsError["code"]) => void;

export interface SendOptions {
  /** Milliseconds to be delivered within; 30 s unless told. */
  readonly within?: number;
  /** What has come of it. */
  readonly done?: Sent;
}

/** Kept in flash over restarts, until a factory reset: 8 settings, names of 16 and texts of 64 octets at most. */
export interface Settings {
  /** Undefined when it was never set. */
  get(name: string): string | undefined;
  /** Durable when it returns. Throws ApplicationError("application.setting"), StoreError("store.full" | "store.broken"). */
  set(name: string, text: string): void;
}

/** What the firmware is to an application. Nothing of it is called after `stop`. */
export interface Context {
  /** That of the network, now. */
  readonly state: NetworkState;
  /** The other members. */
  readonly members: readonly Neighbour[];
  /** What a person has chosen, in flash. */
  readonly settings: Settings;
  /** Milliseconds since an arbitrary start. */
  now(): Milliseconds;
  /** Unix time: a device without calendar has it from the Server, once it has been in a network since its start. */
  time(): Seconds | undefined;
  /** In so many milliseconds. At most 16 timers run at once: ApplicationError("application.timers"). */
  after(delay: number, work: () => void): Timer;
  /** Again and again, so many milliseconds apart, at least 100. */
  every(period: number, work: () => void): Timer;
  /**
   * Sends a value of a topic that the contents offer. In order for each addressee; while the PN GW is away up to 16 messages
   * wait. A newer value takes the place of one that waits for the same addressee, but for events; when there is no more room the oldest
   * that is no event is dropped. `done` says what came of it, later; whatever is wrong is told there.
   */
  send(to: Addressee, topic: string, value: Value, options?: SendOptions): void;
  /** What its page shows has changed. */
  changed(): void;
}

/** A key of the application's page: the first two are shown. */
export interface PageKey {
  /** One short word. */
  readonly label: string;
  /** Somebody has pressed it. */
  press(): void;
}

/** A running application. Whatever is thrown in one of these stops it, and nothing else. */
export interface Handlers {
  /** A message of a topic that the contents understand, of its kind; each once, in the order of its sender. */
  message?(from: Sender, topic: string, value: Value): void;
  /** It is another than before; at first it is "none". */
  state?(state: NetworkState): void;
  /** Lines for the display, as they are now. */
  page?(): readonly string[];
  /** Two keys of that page. */
  readonly keys?: readonly PageKey[];
  /** Lets go of its hardware. */
  stop?(): void;
}

export interface Application {
  /** For people: the row in the menu and the title of its page. */
  readonly name: string;
  /** What it offers and understands: at most 8 topics, which take 200 octets together. */
  readonly contents: readonly Topic[];
  /** Once, when the device is switched on, in whatever state its network is. */
  start(context: Context): Handlers;
}
