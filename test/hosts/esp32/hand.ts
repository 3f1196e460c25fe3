import { createServer, type Server, type Socket } from "node:net";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a chip says first when it starts anew; a line before it was cut off by that. */
const bootLoader = /ESP-ROM/;

/** A test's hand on the keypad of a firmware and its eye on the display: hosts/esp32/sdkSimulator/control.ts. */
export class Hand {
  screens: Screen[] = [];
  readonly #server: Server = createServer((socket) => this.#meet(socket));
  readonly #answers: object[] = [];
  #socket: Socket | undefined;
  /** The end of all that has come, an octet a character. */
  heard = "";
  /** The begin of a line that has not arrived whole. */
  #held = "";
  /** Screens before the last press; they tell nothing of what it did. */
  #before = 0;
  /** An error that was shown at the last press; it may be drawn again before the press has done anything. */
  #known: string | undefined;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get connected(): boolean {
    return this.#socket?.destroyed === false;
  }

  get screen(): Screen | undefined {
    return this.screens.at(-1);
  }

  #meet(socket: Socket): void {
    this.#socket = socket;
    this.#held = "";
    socket.on("error", () => {});
    socket.on("data", (octets) => {
      this.heard = `${this.heard}${octets.toString("latin1")}`.slice(-16_384);
      const lines = `${this.#held}${octets.toString("latin1")}`.split("\n");
      this.#held = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    });
  }

  /** A boot loader writes beside the firmware. */
  #take(line: string): void {
    const start = line.indexOf("{");
    if (start < 0 || bootLoader.test(line)) return;
    const told = JSON.parse(line.slice(start)) as object;
    if ("id" in told) this.screens.push(told as Screen);
    else this.#answers.push(told);
  }

  /** The firmware starts anew. */
  forget(): void {
    this.heard = "";
    this.#held = "";
    this.screens = [];
    this.mark();
  }

  /** What is shown from now on is of what is done now. */
  mark(): void {
    this.#before = this.screens.length;
    this.#known = this.#error();
  }

  #error(): string | undefined {
    const { screen } = this;
    return screen?.id === "error" ? `${screen.title}: ${screen.lines.join(" ")}` : undefined;
  }

  say(line: string): void {
    this.#socket?.write(`${line}\n`);
  }

  /** What the firmware answers to a line that is no press. */
  async ask(line: string): Promise<unknown> {
    this.#answers.length = 0;
    this.say(line);
    await this.until(() => this.#answers.length > 0, `an answer to ${line}`);
    return (this.#answers[0] as Record<string, unknown>)[line];
  }

  press(press: KeyPress): void {
    this.mark();
    this.say(JSON.stringify(press));
  }

  enter(): void {
    this.press({ kind: "named", key: "enter" });
  }

  type(text: string): void {
    for (const letter of text) this.press({ kind: "character", code: letter.charCodeAt(0) });
  }

  /**
   * Waits until a press has led to a screen of one of these ids; fails at once on a new error that is none of them.
   */
  async shows(...ids: readonly string[]): Promise<Screen> {
    const there = (): boolean => {
      const id = this.screens.length > this.#before ? this.screen?.id : undefined;
      return id !== undefined && (ids.includes(id) || (id === "error" && this.#error() !== this.#known));
    };
    await this.until(there, ids.join(" or "));
    const { screen } = this;
    if (screen === undefined || !ids.includes(screen.id)) throw new Error(this.#error());
    return screen;
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    for (const end = Date.now() + 60_000; !condition(); await pause(50)) {
      if (Date.now() > end) throw new Error(`waited for ${what}; there is ${JSON.stringify(this.screen)}`);
    }
  }

  /** Waits until the display has not changed for so long. */
  async settled(time = 1_000): Promise<void> {
    for (let count = -1; count !== this.screens.length; await pause(time)) count = this.screens.length;
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }
}
