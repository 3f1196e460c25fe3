import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage } from "../../src/codec/message.js";
import type { PneLink } from "../../src/gateway/pneLink.js";
import { Channel } from "../../src/link/channel.js";
import { entityDiscoveryRequest } from "../../src/protocols/discovery/messages.js";
import type { TestNetwork } from "./network.js";

/** A peer of the PN GW that says what it likes: no device of the network. */
export class Stranger {
  readonly heard: ReturnType<typeof everyMessage.decode>[] = [];
  readonly link: PneLink;
  readonly #net: TestNetwork;
  readonly #channel: Channel;
  #exchange = 0;
  gone = false;

  constructor(net: TestNetwork, secure = false) {
    this.#net = net;
    const { gateway } = net.network;
    const port = (deliver: (fragment: Uint8Array) => void) => ({
      maximumWrite: 182,
      write: (fragment: Uint8Array, sent: () => void) => {
        net.clock.after(Milliseconds(5), () => {
          if (!this.gone) deliver(fragment.slice());
          sent();
        });
      },
    });
    this.#channel = new Channel({
      port: port((fragment) => this.link.fragment(fragment)),
      clock: net.clock,
      onMessage: (octets) => void this.heard.push(everyMessage.decode(octets)),
      onFailure: () => {},
    });
    this.link = gateway.connected({
      ...port((fragment) => this.#channel.fragment(fragment)),
      secure,
      disconnect: () => this.leave(),
    });
  }

  leave(): void {
    if (this.gone) return;
    this.gone = true;
    this.#channel.close();
    this.#net.network.gateway.disconnected(this.link);
  }

  /** Claims to be this entity. */
  async claim(entityID: Uint8Array, flags = 3): Promise<this> {
    await this.ask((exchange) => encodeMessage(entityDiscoveryRequest, exchange, { entityID, flags }));
    return this;
  }

  /** Sends one message; its answer by name, or the Result of a Failure, or "nothing" after ten seconds. */
  async ask(make: (exchange: number) => Uint8Array): Promise<string> {
    const exchange = ++this.#exchange;
    this.#channel.send(make(exchange));
    const answer = () =>
      this.heard.find((one) => one.exchange === exchange && !one.name.startsWith("PNSetupNotify"));
    await this.#net.clock.runWhile(() => answer() === undefined, Milliseconds(10_000));
    const found = answer();
    if (found === undefined) return "nothing";
    return found.name === "Failure" ? `Failure ${found.body.result}` : found.name;
  }

  /** Sends without waiting. */
  tell(make: (exchange: number) => Uint8Array): void {
    this.#channel.send(make(++this.#exchange));
  }
}
