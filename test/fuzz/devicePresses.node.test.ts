import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { believed } from "../../hosts/esp32/keypad/ghosts.js";
import { cardKB, facesKeyboard, pressOf } from "../../hosts/esp32/keypad/keyCodes.js";
import { KeyScan } from "../../hosts/esp32/keypad/keyScan.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { type Point, TouchKeypad } from "../../src/device/display/colour/touchKeypad.js";
import { MonoDisplay } from "../../src/device/display/mono/monoDisplay.js";
import type { OnKey } from "../../src/device/keypad/keypad.js";
import type { PneNotice, PneView } from "../../src/pne/ports.js";
import type { KeyPress, Keypad, MatrixKey } from "../../src/ui/keys.js";
import type { Screen } from "../../src/ui/screen.js";
import { Ui } from "../../src/ui/ui.js";
import { fakeColour } from "../device/display/fakes.js";
import { ManualTicker } from "../hosts/esp32/keypad/mocks.js";
import { errorCodes } from "../support/errorCodes.js";
import { ManualClock } from "../support/manualClock.js";
import { few } from "../support/sampled.js";
import { SeededRandom } from "../support/seededRandom.js";
import { emptyView, enrolledView, joinedView } from "../support/uiBench.js";

const pnOf = (view: PneView): NonNullable<PneView["pn"]> => view.pn as NonNullable<PneView["pn"]>;

/** A device in a person's wild hands: what the driver hears, through the core's UI, to both displays. */
class Device {
  readonly random: SeededRandom;
  readonly clock = new ManualClock();
  readonly colour = fakeColour();
  readonly mono = new MonoDisplay({ open() {}, write() {}, close() {} }, new ManualTicker());
  readonly ui: Ui;
  presses = 0;
  #shows = 0;
  #id = "";

  constructor(seed: number, keypad: Keypad) {
    this.random = new SeededRandom(seed);
    this.ui = new Ui({
      clock: this.clock,
      keypad,
      firmware: "1",
      show: (screen) => this.#show(screen),
      command: (command) => {
        if (command.kind === "enrol") command.password.fill(0);
        if (command.kind === "cancel") this.ui.notify({ kind: "failed", code: "cancelled" });
      },
    });
    this.ui.notify({ kind: "state", view: emptyView });
  }

  readonly press: OnKey = (press) => {
    this.presses++;
    this.ui.press(press);
  };

  /** Every new screen is drawn, and one in sixteen of the others: two displays at each press take too long. */
  #show(screen: Screen): void {
    if (screen.id === this.#id && ++this.#shows % 16 !== 0) return;
    this.#id = screen.id;
    this.colour.display.show(screen);
    this.mono.show(screen);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T;
  }

  text(): string {
    const octets = new Uint8Array(this.random.below(60));
    this.random.fill(octets);
    return this.pick([
      String.fromCharCode(...octets),
      "温度計 \u{1f321}",
      "",
      "x".repeat(300),
      "a b ".repeat(99),
    ]);
  }

  view(): PneView {
    const pn = { ...pnOf(joinedView), started: true, away: this.random.below(2) === 0 };
    const members = Array.from({ length: this.random.below(40) }, (_, i) => ({
      id: `${i}`,
      name: this.text(),
    }));
    const crowd = { ...joinedView, pn: { ...pn, members, alias: this.text() }, userID: this.text() };
    return this.pick([emptyView, enrolledView, joinedView, { ...joinedView, pn }, crowd]);
  }

  happen(): void {
    const { random } = this;
    const notice = this.pick<() => PneNotice>([
      () => ({ kind: "state", view: this.view() }),
      () => ({ kind: "progress", step: "enrol", fraction: random.below(101) / 100 }),
      () => ({ kind: "progress", step: this.text() }),
      () => ({ kind: "enrolled" }),
      () => ({ kind: "joined" }),
      () => ({ kind: "left" }),
      () => ({ kind: "invited", from: this.text() }),
      () => ({ kind: "invitationOver" }),
      () => ({ kind: "message", from: "member", name: this.text(), text: this.text() }),
      () => ({ kind: "sent", to: this.text() }),
      () => ({ kind: "failed", code: this.pick(errorCodes) }),
      () => ({ kind: "failed", code: this.pick(errorCodes), wait: Seconds(random.below(30)) }),
      () => ({ kind: "resetDone" }),
    ]);
    this.ui.notify(notice());
    this.clock.advance(Milliseconds(random.below(4_000)));
  }

  /** A person who has had enough goes back until there is nothing behind. */
  goHome(back: KeyPress): void {
    for (let i = 0; i < 200 && !this.isHome; i++) {
      // What has come by itself takes no key for a second.
      this.clock.advance(Milliseconds(1_000));
      this.ui.press(this.#backFrom(this.ui.screen, back));
    }
    assert.ok(this.isHome, this.ui.screen.id);
    this.colour.display.show(this.ui.screen);
    this.mono.show(this.ui.screen);
    const { screen } = this.ui;
    const whole = fakeColour();
    whole.display.show(screen);
    for (const display of [this.colour.display, this.mono]) assert.equal(display.state.is, "ready");
    assert.ok(
      this.colour.poco.pixels.every((pixel, i) => pixel === whole.poco.pixels[i]),
      "nothing is stale",
    );
  }

  /** Three buttons have no key for back alone: held left deletes and leaves an empty field, left is no to an invitation. */
  #backFrom({ id, field }: Screen, back: KeyPress): KeyPress {
    if (back.kind !== "button" || (field === undefined && id !== "invited")) return back;
    return { kind: "button", button: "left", long: field !== undefined };
  }

  get isHome(): boolean {
    return ["home", "welcome"].includes(this.ui.screen.id);
  }
}

/** What each keypad hears in one step. */
const hands: Readonly<Record<Keypad, (device: Device) => { step(): void; back: KeyPress }>> = {
  matrix(device) {
    const keys = "123A456B789C*0#D";
    const scan = new KeyScan({ on: "down" }, (key, long) =>
      device.press({ kind: "matrix", key: keys.charAt(key) as MatrixKey, long }),
    );
    const step = (): void => {
      const { random } = device;
      let levels = 1 << random.below(16);
      for (let more = random.below(5); more > 2; more--) levels |= 1 << random.below(16);
      const samples = random.below(40) === 0 ? 200 : 3 + random.below(3);
      for (let i = 0; i < samples; i++) scan.sample(believed(levels, scan.down));
      for (let i = 0; i < 3; i++) scan.sample(0);
    };
    return { step, back: { kind: "matrix", key: "C" } };
  },
  buttons(device) {
    const names = ["left", "middle", "right"] as const;
    const scan = new KeyScan({ on: "up" }, (key, long) => {
      const button = names[key];
      if (button !== undefined) device.press({ kind: "button", button, long });
    });
    const step = (): void => {
      const { random } = device;
      const levels = 1 << random.below(3);
      const samples = random.below(6) === 0 ? 61 : 4;
      for (let i = 0; i < samples; i++) scan.sample(levels);
      for (let i = 0; i < 3; i++) scan.sample(0);
    };
    return { step, back: { kind: "button", button: "middle", long: true } };
  },
  keyboard(device) {
    const step = (): void => {
      const press = pressOf(device.pick([cardKB, facesKeyboard]), device.random.below(256));
      if (press !== undefined) device.press(press);
    };
    return { step, back: { kind: "named", key: "escape" } };
  },
  touch(device) {
    const ticker = new ManualTicker();
    let finger: Point | undefined;
    const { display } = device.colour;
    const sense = { sample: () => finger, close() {} };
    new TouchKeypad({ sense: () => sense, display, ticker }).start(device.press);
    const step = (): void => {
      const { random } = device;
      const x = random.below(340) - 10;
      finger = { x, y: random.below(3) === 0 ? 220 : random.below(260) - 10 };
      ticker.pass(random.below(20) === 0 ? 900 : 40);
      finger = undefined;
      ticker.pass(60);
    };
    return { step, back: { kind: "matrix", key: "C" } };
  },
};

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const aMillion = { matrix: 360_000, keyboard: 320_000, buttons: 280_000, touch: 40_000 } as const;
const share = few ? 0.1 : 1;

describe("a million random presses through the drivers, the UI and both displays (EUK-UI-11)", () => {
  let all = 0;

  for (const keypad of ["matrix", "keyboard", "buttons", "touch"] as const) {
    it(`throw nothing, keep no memory, and lead home (${keypad})`, () => {
      const device = new Device(4711, keypad);
      const { step, back } = hands[keypad](device);
      let before = 0;
      const presses = aMillion[keypad] * share;
      for (let i = 0; device.presses < presses; i++) {
        step();
        if (i % 40 === 0) device.happen();
        if (i % 5_000 === 0) device.goHome(back);
        if (before === 0 && device.presses > presses / 2) before = heap();
        assert.ok(device.clock.armed <= 8, "timers that nobody waits for");
      }
      device.goHome(back);
      assert.ok(device.ui.wiped);
      assert.ok(heap() - before < 1_000_000, `${heap() - before} octets are kept`);
      all += device.presses;
    }).timeout(120_000);
  }

  it("were a million", () => assert.ok(all >= 1_000_000 * share));
});
