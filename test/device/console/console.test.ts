import assert from "node:assert/strict";
import type { ErrorCode } from "../../../src/base/errorCodes.js";
import type { DisplayPort } from "../../../src/device/board.js";
import type { Firmware } from "../../../src/device/firmware.js";
import type { PneCommand, PneView } from "../../../src/pne/ports.js";
import type { Screen } from "../../../src/ui/screen.js";
import { emptyView, UiBench } from "../../support/uiBench.js";
import { Terminal } from "./terminal.js";

const enrolled: PneView = {
  keys: "enrolled",
  userID: "alice",
  entityID: "0a0b",
  name: "Lamp",
  euKeyID: "deadbeef",
  connected: true,
  gateway: "Home (alice)",
  failures: 0,
  pn: { id: "77", alias: "Kitchen", members: [], started: true, secure: true, away: false },
};

const home: Screen = {
  id: "home",
  title: "Lamp",
  tone: "normal",
  lines: ["in Kitchen"],
  menu: { items: ["Members", "Settings"], selected: 1 },
  hint: "Press OK",
  softKeys: ["Up", "", "Down"],
};

/** A terminal at a device that is what `view` says, or has stopped. */
class Seat extends Terminal {
  readonly commands: PneCommand[] = [];
  erased = 0;
  readonly display: DisplayPort;

  constructor(view: PneView | "none" = enrolled, halted?: ErrorCode, kind: DisplayPort["kind"] = "320x240") {
    super(() => ({ free: 50_000, lowest: 40_000 }));
    const command = (one: PneCommand): void => void this.commands.push(one);
    const pne = view === "none" ? undefined : { view, command };
    const firmware = { pne, halted, erase: () => void this.erased++ };
    this.display = this.console.watch({ kind, show: () => {} });
    this.console.attach(firmware as unknown as Firmware);
  }
}

describe("the console", () => {
  it("shows a prompt, what is typed, and the answer", () => {
    const seat = new Seat();
    assert.equal(seat.shown(), "\r\x1b[K\r\ncpns> ");
    seat.type("log all\r");
    assert.equal(seat.shown(), "log all\r\nlog all\r\ncpns> ");
    seat.type("\r");
    assert.equal(seat.shown(), "\r\ncpns> ");
  });

  it("says what the device is and does: names and identities, never a key or who types", () => {
    const seat = new Seat();
    seat.display.show(home);
    assert.deepEqual(seat.ask("state"), [
      "firmware 1.2.3",
      "state    running, at the screen home",
      "key      enrolled",
      "entity   0a0b",
      "name     Lamp",
      "link     connected, protected",
      "gateway  Home (alice)",
      "network  Kitchen, members 0",
      "memory   50000 free, 40000 at the lowest",
    ]);
  });

  it("says why a device does nothing", () => {
    const seats = [new Terminal(), new Seat("none"), new Seat("none", "store.unusable")];
    const states = seats.map((seat) => seat.ask("state")[1]);
    assert.deepEqual(states, ["state    starting", "state    starting", "state    halted by store.unusable"]);
  });

  it("answers what it does not know in one line with a name", () => {
    const seat = new Seat();
    for (const [line, code] of [
      ["hello", "console.unknown"],
      ["State", "console.unknown"],
      ["help me", "console.argument"],
      ["state all", "console.argument"],
      ["reset yes", "console.argument"],
      ["log", "console.argument"],
      ["log verbose", "console.argument"],
      ["screenshot png", "console.argument"],
      ["constructor", "console.unknown"],
      ["x".repeat(200), "console.tooLong"],
    ] as const) {
      const answer = seat.ask(line);
      assert.equal(answer.length, 1, line);
      assert.ok(answer[0]?.startsWith(`error ${code}: `), `${line}: ${answer[0]}`);
    }
    seat.console.received(Uint8Array.of(0xff, 0x0d));
    assert.ok(seat.shown().includes("error console.notText: "));
    assert.deepEqual(seat.commands, []);
  });

  it("lists every command", () => {
    const words = new Seat().ask("help").map((line) => line.split(" ")[0]);
    assert.deepEqual(words, ["state", "name", "log", "screenshot", "reset", "help"]);
  });

  it("names the device by the rule of the screen for names", () => {
    const seat = new Seat();
    assert.deepEqual(seat.ask("name   Bedside lamp "), []);
    assert.deepEqual(seat.ask("name"), []);
    assert.deepEqual(seat.commands, [
      { kind: "setName", name: "Bedside lamp" },
      { kind: "setName", name: "" },
    ]);
    assert.deepEqual(seat.ask(`name ${"\u00e4".repeat(17)}`), ["error label.tooLong: at most 32 octets"]);
    assert.deepEqual(seat.ask(`name ${"\u00e4".repeat(16)}`), []);
  });

  it("names nothing where the firmware does not run", () => {
    const answer = new Terminal().ask("name Lamp");
    assert.deepEqual(answer, ["error console.notRunning: state says why"]);
  });

  it("erases only after a yes, and asks anew after anything else", () => {
    const seat = new Seat();
    for (const other of ["", "y", "YES", "no", "state", "x".repeat(200)]) {
      assert.equal(seat.ask("reset").length, 1);
      seat.ask(other);
      seat.ask("yes");
    }
    seat.ask("reset");
    seat.type("\x03yes\r");
    assert.deepEqual(seat.commands, []);
    seat.ask("reset");
    assert.deepEqual(seat.ask("yes"), []);
    assert.deepEqual(seat.commands, [{ kind: "factoryReset" }]);
    assert.equal(seat.erased, 0);
  });

  it("erases a device that has stopped, too", () => {
    const seat = new Seat("none", "store.broken");
    seat.ask("reset");
    seat.ask("yes");
    assert.equal(seat.erased, 1);
  });
});

describe("the console's screenshot", () => {
  it("is the display's text", () => {
    const seat = new Seat();
    seat.display.show(home);
    assert.deepEqual(seat.ask("screenshot"), [
      "[home] Lamp",
      "  in Kitchen",
      "  Members",
      "> Settings",
      "  Press OK",
      "keys: Up | - | Down",
    ]);
  });

  it("is one line of ASCII for a program that draws it", () => {
    const seat = new Seat();
    seat.display.show({ ...home, lines: Object.freeze(["K\u00fcche \u{1f4a1}"]) as readonly string[] });
    const [line = "", ...more] = seat.ask("screenshot data");
    assert.deepEqual(more, []);
    assert.ok(line.startsWith("screen: {") && /^[\x20-\x7e]+$/.test(line));
    const { display, screen } = JSON.parse(line.slice("screen: ".length)) as {
      display: string;
      screen: Screen;
    };
    assert.equal(display, "320x240");
    assert.equal(screen.lines[0], "K\u00fcche \u{1f4a1}");
  });

  it("is refused while something is typed, masked or not", () => {
    const seat = new Seat();
    const field = { label: "Password", text: "hunter2", masked: false, groups: ["hunt"] };
    seat.display.show({ ...home, id: "password", field });
    for (const line of ["screenshot", "screenshot data", "state"]) {
      const answer = seat.ask(line).join("\n");
      assert.ok(!answer.includes("hunt"), line);
      if (line !== "state") assert.equal(answer, "error console.typing: something is typed at password");
    }
    seat.display.show({ ...home, id: "userID", field: { ...field, masked: true } });
    assert.deepEqual(seat.ask("screenshot"), ["error console.typing: something is typed at userID"]);
  });

  it("gives no letter of a User ID or a password away, on whatever keypad it is typed (EUK-UI-01)", () => {
    const enter = { kind: "named", key: "enter" } as const;
    const bench = new UiBench("keyboard", emptyView).types("zorro");
    const seat = new Seat();
    const answers: string[] = [];
    const ask = (): void => {
      seat.display.show(bench.screen);
      for (const line of ["state", "screenshot", "screenshot data"]) answers.push(...seat.ask(line));
    };
    ask();
    bench.notify({ kind: "found" });
    assert.equal(bench.screen.field?.text, "zorro");
    ask();
    bench.press(enter);
    for (const letter of "xylophone") {
      bench.types(letter);
      ask();
    }
    assert.equal(bench.screen.id, "password");
    assert.ok(answers.filter((line) => line.includes("console.typing")).length === 20);
    for (const line of answers) assert.ok(!/zorro|\*|xyl/.test(line), line);
  });

  it("is refused of a device without a display", () => {
    const blind = new Seat(enrolled, undefined, "none");
    assert.deepEqual(blind.ask("screenshot"), ["error console.noDisplay: nothing is shown"]);
    blind.display.show(home);
    assert.deepEqual(blind.ask("screenshot"), ["error console.noDisplay: nothing is shown"]);
  });
});

describe("what the console tells by itself", () => {
  it("stands above the line that is being typed", () => {
    const seat = new Seat();
    seat.type("sta");
    seat.shown();
    seat.console.event("link.failure", { code: "link.closed" });
    assert.equal(seat.shown(), "\r\x1b[K1.5 link.failure code=link.closed\r\ncpns> sta");
  });

  it("is what the level is for; the log has everything", () => {
    const seat = new Seat();
    const told = (level: string): string => {
      seat.ask(`log ${level}`);
      seat.console.event("pne.enrolled");
      seat.console.event("pne.failed");
      return seat.shown();
    };
    assert.equal(told("off"), "");
    assert.ok(!told("faults").includes("enrolled"));
    assert.ok(told("all").includes("enrolled"));
    assert.equal(seat.events.length, 6);
  });

  it("is left out while the port has more than enough, and counted", () => {
    const seat = new Seat();
    seat.shown();
    seat.full = true;
    seat.console.event("pne.failed");
    seat.console.event("pne.failed");
    assert.equal(seat.shown(), "");
    seat.full = false;
    seat.console.event("pne.refused");
    const shown = seat.shown();
    assert.ok(shown.includes("2 events were not told") && shown.includes("pne.refused"));
    seat.console.event("pne.refused");
    assert.ok(!seat.shown().includes("were not told"));
  });

  it("is that what came meanwhile was not read", () => {
    const seat = new Seat();
    seat.full = true;
    seat.type("reset\r");
    seat.full = false;
    seat.shown();
    seat.type("yes\r");
    assert.ok(seat.shown().includes("error console.busy: what came was not read"));
    assert.deepEqual(seat.commands, []);
  });

  it("steers no terminal, whoever chose the words", () => {
    const seat = new Seat({ ...enrolled, gateway: "a\x1b[2Jb\u009bc\ud800d" });
    assert.ok(seat.ask("state").includes("gateway  a?[2Jb?c?d"));
    seat.console.event("pne.failed", { why: "\r\x1b]0;x" });
    assert.ok(seat.shown().includes("why=??]0;x"));
  });
});
