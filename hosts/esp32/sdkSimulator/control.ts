import { ascii } from "../../../src/base/octets.js";
import type { Clock } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { DisplayPort } from "../../../src/device/board.js";
import { type Keypad, type KeypadKind, type OnKey, ready } from "../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import type { TcpSocket, TcpSocketClass } from "./socket.js";

/** XS cannot make JSON of arrays that are preloaded. */
function inRAM(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inRAM);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inRAM(inner)]));
}

const asEscape = (unit: number): string => `\\u${unit.toString(16).padStart(4, "0")}`;

/**
 * JSON in ASCII, for the typed lengths: what is not ASCII as JSON escapes. A sign above U+FFFF is two of them; in a
 * string it is two units, or in XS one.
 */
export function escaped(json: string): string {
  let text = "";
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code < 0x7f) text += json.charAt(at);
    else if (code <= 0xffff) text += asEscape(code);
    else text += asEscape(0xd7c0 + (code >> 10)) + asEscape(0xdc00 + (code & 0x3ff));
  }
  return text;
}

/** A line that is no press: the firmware is to run out of memory, on purpose. */
const exhaust = "exhaust";

function exhaustMemory(): never {
  const held: object[] = [];
  for (;;) held.push({ held });
}

const retry = Milliseconds(500);

/**
 * A hand on the keypad and an eye on the display of the firmware in the SDK's simulator, for tests: lines of JSON over
 * TCP, screens out and presses in. No device has it: only targets of the simulator and of an emulator import it.
 */
export class TestControl implements Keypad {
  readonly kind: KeypadKind;
  readonly state = ready;
  readonly #connect: () => void;
  #socket: TcpSocket | undefined;
  #screen: Screen | undefined;
  #press: OnKey = () => {};
  #held = "";
  /** The last screen has not been told, for want of room. */
  #behind = false;
  readonly #asked: Readonly<Record<string, () => unknown>>;

  /** `asked`: other lines that are no presses, and what is answered, as JSON. */
  constructor(
    Sdk: TcpSocketClass,
    port: number,
    kind: KeypadKind,
    clock: Clock,
    asked: Readonly<Record<string, () => unknown>> = {},
  ) {
    this.kind = kind;
    this.#asked = asked;
    this.#connect = () => {
      const socket = new Sdk({ host: "127.0.0.1", port, noDelay: true });
      socket.callback = (message, value) => {
        if (message === Sdk.connected) {
          this.#socket = socket;
          this.#tell();
        } else if (message === Sdk.writable) {
          if (this.#behind) this.#tell();
        } else if (message === Sdk.readable) this.#read(new Uint8Array(socket.read(ArrayBuffer, value)));
        else if (message < 0) {
          socket.callback = () => {};
          socket.close();
          this.#socket = undefined;
          clock.after(retry, this.#connect);
        }
      };
    };
    this.#connect();
  }

  start(press: OnKey): void {
    this.#press = press;
  }

  stop(): void {
    this.#press = () => {};
  }

  /** The display, and the eye on it. */
  watch(display: DisplayPort): DisplayPort {
    return {
      ...(display.light && { light: display.light }),
      kind: display.kind,
      show: (screen) => {
        display.show(screen);
        this.#screen = screen;
        this.#tell();
      },
    };
  }

  #tell(): void {
    if (this.#screen === undefined) return;
    const line = ascii(`${escaped(JSON.stringify(inRAM(this.#screen)))}\n`);
    this.#behind = this.#socket === undefined || this.#socket.write() < line.length;
    // A screen that is followed by another before there is room is not told.
    if (!this.#behind) this.#socket?.write(line.buffer as ArrayBuffer);
  }

  #read(octets: Uint8Array): void {
    for (const octet of octets) this.#held += String.fromCharCode(octet);
    for (;;) {
      const end = this.#held.indexOf("\n");
      if (end < 0) return;
      const line = this.#held.slice(0, end);
      this.#held = this.#held.slice(end + 1);
      const ask = this.#asked[line];
      if (line === exhaust) exhaustMemory();
      else if (ask !== undefined)
        this.#socket?.write(ascii(`${JSON.stringify({ [line]: ask() })}\n`).buffer as ArrayBuffer);
      else this.#press(JSON.parse(line) as KeyPress);
    }
  }
}
