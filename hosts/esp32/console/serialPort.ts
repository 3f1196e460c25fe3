import type { ConsolePort } from "../../../src/device/console/console.js";

/** `config.console` of the manifest: a serial port of the chip, and the pins that lead to USB. */
export interface SerialPins {
  readonly port: number;
  readonly transmit: number;
  readonly receive: number;
}

/** ECMA-419 serial, as far as it is used. Writing more than there is room for throws. */
export interface Serial {
  read(): ArrayBuffer | undefined;
  write(octets: Uint8Array): void;
}

/** Both callbacks are given always: without any the SDK's C reads past the end of its record. */
export type SerialClass = new (
  options: SerialPins & {
    readonly baud: number;
    onReadable(this: Serial): void;
    /** `room`: octets that it takes. */
    onWritable(this: Serial, room: number): void;
  },
) => Serial;

const baud = 115_200;
/** Octets that wait: beyond it only what was asked for is added. */
const enough = 2_048;

/** The console's serial port: what does not fit into the chip's buffer waits. */
export class SerialPort implements ConsolePort {
  readonly #Serial: SerialClass;
  readonly #pins: SerialPins;
  #serial: Serial | undefined;
  #waiting: Uint8Array[] = [];
  #length = 0;
  /** What the chip is known to take; it may take more. */
  #room = 0;

  constructor(Sdk: SerialClass, { port, transmit, receive }: SerialPins) {
    this.#Serial = Sdk;
    this.#pins = { port, transmit, receive };
  }

  get full(): boolean {
    return this.#length > enough;
  }

  open(received: (octets: Uint8Array) => void): void {
    const port = this;
    this.#serial = new this.#Serial({
      ...this.#pins,
      baud,
      onReadable() {
        const octets = this.read();
        if (octets !== undefined) received(new Uint8Array(octets));
      },
      onWritable(room) {
        port.#room = room;
        port.#send();
      },
    });
  }

  write(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#waiting.push(octets);
    this.#length += octets.length;
    this.#send();
  }

  #send(): void {
    while (this.#room > 0) {
      const first = this.#waiting[0];
      if (first === undefined) return;
      const part = first.subarray(0, this.#room);
      try {
        this.#serial?.write(part);
      } catch {
        // Somebody else has written, too: the next that is to be written tries again.
        this.#room = 1;
        return;
      }
      this.#room -= part.length;
      this.#length -= part.length;
      if (part.length === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(part.length);
    }
  }
}
