import { connect, createServer, type Server, type Socket } from "node:net";
import { pause } from "../hand.js";

/** What a chip has sent until it was reset has arrived after so many milliseconds; it sends nothing new that early. */
const settles = 100;

/**
 * Between a serial port of an emulated chip and who listens on the other side, who gets a new connection each time that
 * the chip starts anew: the emulator keeps its own.
 */
export class Relay {
  readonly #to: number;
  readonly #server: Server = createServer((socket) => this.#meet(socket));
  #chip: Socket | undefined;
  #other: Socket | undefined;

  constructor(to: number) {
    this.#to = to;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  #meet(chip: Socket): void {
    this.#chip?.destroy();
    this.#chip = chip;
    chip.setNoDelay(true);
    chip.on("error", () => {});
    chip.on("data", (octets) => this.#other?.write(octets));
    chip.on("close", () => {
      if (this.#chip === chip) this.#other?.destroy();
    });
    this.#reach();
  }

  #reach(): void {
    this.#other?.destroy();
    const other = connect(this.#to, "127.0.0.1");
    this.#other = other;
    other.setNoDelay(true);
    other.on("error", () => {});
    other.on("data", (octets) => {
      if (this.#other === other) this.#chip?.write(octets);
    });
    // As if they had been wired to each other.
    other.on("close", () => {
      if (this.#other === other) this.#chip?.destroy();
    });
  }

  /** The chip starts anew: what it was in the middle of is cut off. */
  async reset(): Promise<void> {
    const other = this.#other;
    this.#other = undefined;
    other?.destroy();
    await pause(settles);
    if (this.#chip?.destroyed === false && this.#other === undefined) this.#reach();
  }

  close(): void {
    this.#other?.destroy();
    this.#chip?.destroy();
    this.#server.close();
  }
}
