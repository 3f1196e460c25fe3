import type { FragmentPort } from "../../src/link/channel.js";
import { Channel } from "../../src/link/channel.js";
import type { LinkError } from "../../src/link/errors.js";
import { ManualClock } from "./manualClock.js";

type Sent = (error?: LinkError) => void;

/** One end of a radio: keeps writes until the test completes them, or completes them at once. */
export class TestPort implements FragmentPort {
  maximumWrite = 182;
  /** Completes a write before `write` returns, as a memory link does. */
  immediate = true;
  readonly written: Uint8Array[] = [];
  readonly pending: Sent[] = [];
  onWrite: (fragment: Uint8Array) => void = () => {};

  write(fragment: Uint8Array, sent: Sent): void {
    this.written.push(fragment);
    this.onWrite(fragment);
    if (this.immediate) sent();
    else this.pending.push(sent);
  }

  /** Completes the oldest write. */
  complete(error?: LinkError): void {
    this.pending.shift()?.(error);
  }
}

/** A Channel with its port and what it reported. */
export class TestEnd {
  readonly port = new TestPort();
  readonly channel: Channel;
  readonly messages: Uint8Array[] = [];
  /** "code" or "code final". */
  readonly failures: string[] = [];

  constructor(readonly clock = new ManualClock()) {
    this.channel = new Channel({
      port: this.port,
      clock,
      onMessage: (octets) => void this.messages.push(octets),
      onFailure: (error, final) => void this.failures.push(final ? `${error.code} final` : error.code),
    });
  }
}

/** Two ends whose writes reach each other at once. */
export function connectedEnds(): readonly [TestEnd, TestEnd] {
  const clock = new ManualClock();
  const [a, b] = [new TestEnd(clock), new TestEnd(clock)];
  a.port.onWrite = (fragment) => b.channel.fragment(fragment);
  b.port.onWrite = (fragment) => a.channel.fragment(fragment);
  return [a, b];
}
