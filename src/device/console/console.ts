import type { ErrorCode } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";
import type { Clock, Log, LogValue } from "../../base/ports.js";
import { encodeUtf8 } from "../../codec/utf8.js";
import type { PneNotice } from "../../pne/ports.js";
import { checkLabel, shownLabel } from "../../pne/text.js";
import type { Screen } from "../../ui/screen.js";
import type { DisplayPort } from "../board.js";
import type { Firmware } from "../firmware.js";
import { type ConsoleCode, type ConsoleCommand, help, readCommand } from "./commands.js";
import { isTold, type LogLevel } from "./levels.js";
import { LineEditor, type Typed } from "./lineEditor.js";
import { screenData, screenText } from "./picture.js";
import { type ConsoleMemory, stateLines } from "./state.js";

const prompt = "cpns> ";
const sure = "yes";

/** Where a person sits at the device with a terminal. */
export interface ConsolePort {
  /** Takes ownership; sends it as soon as it can. */
  write(octets: Uint8Array): void;
  /** More waits to be sent than a person reads: what is not asked for is left out. */
  readonly full: boolean;
}

export interface ConsolePorts {
  readonly port: ConsolePort;
  readonly version: string;
  readonly clock: Pick<Clock, "now">;
  /** Gets every event, whatever the console tells. */
  readonly log: Log;
  memory?(): ConsoleMemory;
}

/**
 * The device's console: `cpns>` on a serial port, for who builds devices. It works on the firmware as keypad, display
 * and log do, and says no key, no password, and nothing that is being typed. Only a firmware that is built for it has it.
 */
export class Console implements Log {
  readonly #ports: ConsolePorts;
  readonly #editor = new LineEditor();
  #firmware: Pick<Firmware, "pne" | "halted" | "erase"> | undefined;
  #display: DisplayPort["kind"] = "none";
  #screen: Screen | undefined;
  #level: LogLevel = "faults";
  /** Whether the person is sure that everything is to be erased. */
  #asks = false;
  /** Octets were left unread. */
  #missed = false;
  /** Events that were not told for want of room. */
  #untold = 0;
  /** A line is being done: its prompt follows. */
  #answers = false;

  constructor(ports: ConsolePorts) {
    this.#ports = ports;
  }

  /** Before the firmware boots. */
  attach(firmware: Pick<Firmware, "pne" | "halted" | "erase">): void {
    this.#firmware = firmware;
    this.#say("");
  }

  /** The display, seen by the console as well. */
  watch(display: DisplayPort): DisplayPort {
    const seen = (screen: Screen): void => {
      this.#display = display.kind;
      this.#screen = screen;
      display.show(screen);
    };
    return {
      ...(display.light && { light: display.light }),
      get kind() {
        return display.kind;
      },
      show: seen,
    };
  }

  /** Of the log's port: everything goes on, and what the level is for is told. */
  event(name: string, fields: Readonly<Record<string, LogValue>> = {}): void {
    this.#ports.log.event(name, fields);
    if (!isTold(name, this.#level)) return;
    if (this.#ports.port.full) {
      this.#untold++;
      return;
    }
    if (this.#untold > 0) this.#say(`${this.#untold} events were not told`);
    this.#untold = 0;
    const values = Object.entries(fields).map(([key, value]) => ` ${key}=${value}`);
    this.#say(`${(this.#ports.clock.now() / 1_000).toFixed(1)} ${name}${values.join("")}`);
  }

  /** What came of what was asked for here, or by the person at the keypad. */
  notice(notice: PneNotice): void {
    if (notice.kind === "failed") this.#say(`failed ${notice.code}`);
    else if (notice.kind === "named") this.#say(`named ${this.#firmware?.pne?.view.name ?? ""}`);
    else if (notice.kind === "resetDone") this.#say("erased");
  }

  /** What the terminal has sent. */
  received(octets: Uint8Array): void {
    octets.forEach((octet) => {
      if (this.#ports.port.full) this.#missed = true;
      else {
        if (this.#missed) this.#tellMissed();
        this.#typed(this.#editor.take(octet));
      }
    });
  }

  #tellMissed(): void {
    this.#missed = false;
    this.#editor.clear();
    this.#say(refusal("console.busy", "what came was not read"));
  }

  #typed(typed: Typed | undefined): void {
    if (typed === undefined) return;
    if (typed.is === "echo") {
      this.#ports.port.write(typed.octets);
      return;
    }
    this.#answers = true;
    this.#send("\r\n");
    if (typed.is === "line") this.#line(typed.text.trim());
    else this.#dropped(typed.why);
    this.#send(prompt);
    this.#answers = false;
  }

  #dropped(why: (Typed & { is: "dropped" })["why"]): void {
    this.#asks = false;
    if (why === "tooLong") this.#refuse("console.tooLong", "the line was not read");
    if (why === "notText") this.#refuse("console.notText", "the line is not UTF-8");
  }

  #line(text: string): void {
    if (this.#asks) {
      this.#asks = false;
      if (text === sure) this.#erase();
      else this.#answer("nothing was erased");
      return;
    }
    const command = readCommand(text);
    if (command === undefined) return;
    if ("code" in command) this.#refuse(command.code, command.what);
    else this.#do(command);
  }

  #do(command: ConsoleCommand): void {
    switch (command.kind) {
      case "help":
        return this.#answer(...help);
      case "state":
        return this.#state();
      case "log":
        this.#level = command.level;
        return this.#answer(`log ${command.level}`);
      case "name":
        return this.#name(command.name);
      case "screenshot":
        return this.#screenshot(command.as);
      case "reset":
        this.#asks = true;
        return this.#answer(`everything but what the factory wrote will be erased: ${sure} to go on`);
    }
  }

  #state(): void {
    const { version, memory } = this.#ports;
    const { halted, pne } = this.#firmware ?? {};
    const view = pne?.view;
    this.#answer(...stateLines({ version, halted, view, screen: this.#screen?.id, memory: memory?.() }));
  }

  /** By the rule of the screen for names. */
  #name(name: string): void {
    const pne = this.#firmware?.pne;
    if (pne === undefined) return this.#refuse("console.notRunning", "state says why");
    try {
      pne.command({ kind: "setName", name: checkLabel(name === "" ? "" : shownLabel(name)) ?? "" });
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      this.#refuse(error.code, "at most 32 octets");
    }
  }

  /** Nothing that is being typed: a password in its field may be shown, and letters that are chosen tell of it too. */
  #screenshot(as: "text" | "data"): void {
    const screen = this.#screen;
    if (screen === undefined || this.#display === "none")
      this.#refuse("console.noDisplay", "nothing is shown");
    else if (screen.field !== undefined) this.#refuse("console.typing", `something is typed at ${screen.id}`);
    else if (as === "data") this.#answer(screenData(screen, this.#display));
    else this.#answer(...screenText(screen));
  }

  #erase(): void {
    const { pne } = this.#firmware ?? {};
    if (pne === undefined) this.#firmware?.erase();
    else pne.command({ kind: "factoryReset" });
  }

  #refuse(code: ConsoleCode | ErrorCode, what: string): void {
    this.#answer(refusal(code, what));
  }

  #answer(...lines: readonly string[]): void {
    lines.forEach((line) => {
      this.#send(`${plain(line)}\r\n`);
    });
  }

  /** Between the person's lines: what has been typed of the next one stands below it again. */
  #say(line: string): void {
    if (this.#answers) return this.#answer(line);
    this.#send(`\r\x1b[K${plain(line)}\r\n${prompt}`);
    this.#ports.port.write(this.#editor.typed.slice());
  }

  #send(text: string): void {
    this.#ports.port.write(encodeUtf8(text));
  }
}

/** What others have sent steers no terminal. */
function plain(line: string): string {
  let text = "";
  for (const character of line) {
    const point = character.codePointAt(0) as number;
    const hidden = point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0xd800 && point < 0xe000);
    text += hidden ? "?" : character;
  }
  return text;
}

const refusal = (code: ConsoleCode | ErrorCode, what: string): string => `error ${code}: ${what}`;
