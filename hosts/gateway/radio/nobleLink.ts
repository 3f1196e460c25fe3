import type { Clock, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { PneConnection } from "../../../src/gateway/pneLink.js";
import { type LinkListener, RadioError } from "../../../src/gateway/radio.js";
import { LinkError } from "../../../src/link/errors.js";
import { rxUUID, serviceUUID, txUUID } from "../../../src/link/service.js";
import {
  type Done,
  hciCode,
  type NobleCharacteristic,
  type NoblePeripheral,
  type NobleService,
  nobleUUID,
} from "./noble.js";

/** An absent device: the longest advertising interval of a PNE that saves power, some times over. */
export const connectTimeout = Milliseconds(8_000);
/** One request and its answer, or all of a discovery. */
export const requestTimeout = Milliseconds(5_000);
/** From the wish to end a link to its end; the supervision timeout has passed by then. */
const endTimeout = Milliseconds(4_000);

const minimumMtu = 23;
/**
 * 7.5 to 30 ms, 2 s until a silent peer is given up. noble takes the PNE's ATT_MTU for the link's, even if it is more
 * than was asked for: so the longest that there is is asked for.
 */
const parameters = Object.freeze({ minInterval: 6, maxInterval: 24, latency: 0, timeout: 200, mtu: 517 });

/** HCI error codes that say that there is no room for another connection. */
const noRoom: ReadonlySet<number | undefined> = new Set([0x09, 0x0d]);

export interface NobleLinkOptions {
  readonly peripheral: NoblePeripheral;
  readonly clock: Clock;
  readonly listener: LinkListener;
  /** The connection stands: another one may be attempted. */
  attempted(): void;
  /** Nothing is left of it; `stuck` when the stack has not ended it as it should. */
  over(stuck: boolean, error?: RadioError): void;
}

/**
 * One connection, from the attempt to its end. noble leaves calls unanswered after an ATT error, a disconnection or an
 * absent peer, and does not say which write a completion belongs to: so every call has a time limit and ends with the
 * link, one runs at a time, and whatever goes wrong ends the connection. The next one is a fresh one of these.
 */
export class NobleLink implements PneConnection {
  /** noble pairs without a comparison, if at all: nothing makes the PAN secure by itself (SEC-02). */
  readonly secure = false;
  readonly #options: NobleLinkOptions;
  #mtu = minimumMtu;
  #rx: NobleCharacteristic | undefined;
  #tx: NobleCharacteristic | undefined;
  #state: "connecting" | "opening" | "linked" | "ending" | "over" = "connecting";
  /** The owner has been told that it is connected. */
  #told = false;
  #error = new RadioError("radio.notEstablished");
  #timer: Timer | undefined;
  #write: ((error?: LinkError) => void) | undefined;

  // noble keeps one object of a peer for all its connections: what is listened to is let go of at the end.
  readonly #onMtu = (mtu: number): void => {
    this.#mtu = Math.max(minimumMtu, Math.min(parameters.mtu, mtu));
  };
  readonly #onData = (data: Buffer, notification: boolean): void => {
    if (notification && this.#state === "linked") this.#options.listener.received(Uint8Array.from(data));
  };
  readonly #onDisconnect = (reason: unknown): void => {
    if (this.#state !== "connecting") this.#finish(`HCI ${String(reason)}`);
  };

  constructor(options: NobleLinkOptions) {
    this.#options = options;
  }

  get maximumWrite(): number {
    return this.#mtu - 3;
  }

  /** The adapter has a connection for it. */
  get standing(): boolean {
    return this.#state !== "connecting" && this.#state !== "over";
  }

  start(): void {
    const { peripheral, attempted } = this.#options;
    peripheral.on("mtu", this.#onMtu);
    peripheral.on("disconnect", this.#onDisconnect);
    const call = (done: (error: unknown) => void): void => peripheral.connect(parameters, done);
    this.#step(connectTimeout, call, () => {
      this.#state = "opening";
      attempted();
      this.#discover();
    });
  }

  #discover(): void {
    const { peripheral } = this.#options;
    const uuids = [nobleUUID(rxUUID), nobleUUID(txUUID)];
    const services = (done: Done<[readonly NobleService[]]>): void =>
      peripheral.discoverServices([nobleUUID(serviceUUID)], done);
    this.#step(requestTimeout, services, ([service]) => {
      if (service === undefined) return this.#end(new RadioError("radio.notPNE"));
      const characteristics = (done: Done<[readonly NobleCharacteristic[]]>): void =>
        service.discoverCharacteristics(uuids, done);
      this.#step(requestTimeout, characteristics, (found) => {
        this.#rx = found.find(({ uuid }) => uuid === uuids[0]);
        this.#tx = found.find(({ uuid }) => uuid === uuids[1]);
        if (this.#rx === undefined || this.#tx === undefined) this.#end(new RadioError("radio.notPNE"));
        else this.#subscribe(this.#tx);
      });
    });
  }

  #subscribe(tx: NobleCharacteristic): void {
    tx.on("data", this.#onData);
    const call = (done: Done): void => tx.subscribe(done);
    this.#step(requestTimeout, call, () => {
      this.#state = "linked";
      this.#told = true;
      this.#options.listener.connected(this);
    });
  }

  /** One call of noble on the way to an open link: it answers in time, or the attempt has failed. */
  #step<T extends readonly unknown[]>(
    limit: Milliseconds,
    call: (done: Done<T>) => void,
    next: (...values: T) => void,
  ): void {
    const answered = this.#within(limit, new RadioError("radio.timeout", this.#state));
    try {
      call((error, ...values) => {
        if (!answered()) return;
        if (error) this.#end(failureOf(error));
        else next(...values);
      });
    } catch (error) {
      if (answered()) this.#end(failureOf(error));
    }
  }

  /** A time limit for one call; the answer says whether the call is still waited for, and ends that. */
  #within(limit: Milliseconds, late: RadioError): () => boolean {
    const timer = this.#options.clock.after(limit, () => this.#end(late));
    this.#timer = timer;
    return () => {
      if (this.#timer !== timer) return false;
      this.#stopWaiting();
      return true;
    };
  }

  #stopWaiting(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  write(fragment: Uint8Array, sent: (error?: LinkError) => void): void {
    const rx = this.#rx;
    if (this.#state !== "linked" || rx === undefined) return sent(new LinkError("link.closed"));
    if (this.#write !== undefined) return sent(new LinkError("link.busy"));
    // noble would send it all the same, as a PDU that is longer than the MTU or in a way that no PNE takes.
    if (fragment.length > this.maximumWrite) return sent(new LinkError("link.write", "longer than the MTU"));
    this.#write = sent;
    // With a response: the PNE's stack may drop what is written without, when it has no room.
    this.#step(
      requestTimeout,
      (done: Done) => rx.write(Buffer.from(fragment), false, done),
      () => this.#complete(),
    );
  }

  #complete(error?: LinkError): void {
    const write = this.#write;
    this.#write = undefined;
    write?.(error);
  }

  /** Of a link that is open; the end is told when the stack has ended it. */
  disconnect(): void {
    if (this.#state === "linked") this.#end(new RadioError("radio.cancelled"));
  }

  /** Of an attempt. */
  cancel(): void {
    if (!this.#told) this.#end(new RadioError("radio.cancelled"));
  }

  /** The adapter has gone: whatever the stack says, or leaves unsaid, nothing is left. */
  lose(error: RadioError): void {
    this.#error = error;
    this.#finish(error.code);
  }

  #end(error: RadioError): void {
    if (this.#state === "ending" || this.#state === "over") return;
    const { clock, peripheral } = this.#options;
    const connecting = this.#state === "connecting";
    this.#state = "ending";
    this.#error = error;
    this.#stopWaiting();
    quietly(() => (connecting ? peripheral.cancelConnect() : peripheral.disconnect()));
    // Of an attempt that was called off the stack tells nothing more.
    if (connecting) this.#finish("called off");
    else if (!this.#over)
      this.#timer = clock.after(endTimeout, () => this.#finish("the stack is stuck", true));
  }

  get #over(): boolean {
    return this.#state === "over";
  }

  /** The owner hears that the link is closed before it hears that its write failed of that. */
  #finish(reason: string, stuck = false): void {
    if (this.#over) return;
    const { listener, over, peripheral } = this.#options;
    this.#state = "over";
    this.#stopWaiting();
    peripheral.removeListener("mtu", this.#onMtu);
    peripheral.removeListener("disconnect", this.#onDisconnect);
    this.#tx?.removeListener("data", this.#onData);
    over(stuck, this.#told ? undefined : this.#error);
    if (this.#told) listener.closed(reason);
    else listener.failed(this.#error);
    this.#complete(new LinkError("link.closed"));
  }
}

/** noble throws when there is nothing to end. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Then it has ended.
  }
}

function failureOf(error: unknown): RadioError {
  const code = hciCode(error);
  if (noRoom.has(code)) return new RadioError("radio.full");
  return new RadioError(
    "radio.notEstablished",
    code === undefined ? String(error) : `HCI 0x${code.toString(16)}`,
  );
}
