import assert from "node:assert/strict";
import { Ssd1306 } from "../../../../hosts/esp32/display/mono/ssd1306.js";
import { Frame } from "../../../../src/device/display/mono/frame.js";
import { layout } from "../../../../src/device/display/mono/layout.js";
import { MonoDisplay } from "../../../../src/device/display/mono/monoDisplay.js";
import type { Screen } from "../../../../src/ui/screen.js";
import { everyScreen } from "../../../device/display/everyScreen.js";
import { ManualTicker } from "../keypad/mocks.js";
import { OledBoard } from "./oledBoard.js";

const bus = { data: 21, clock: 22, hz: 400_000 };

class Bench {
  readonly board = new OledBoard();
  readonly ticker = new ManualTicker();
  display = this.make();

  make(): MonoDisplay {
    return new MonoDisplay(new Ssd1306({ io: this.board.io, bus }), this.ticker);
  }
}

const plain = (lines: readonly string[], id = "note"): Screen => ({
  id,
  title: "Title",
  tone: "normal",
  lines,
  softKeys: ["", "", "Back", "OK"],
});

const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((octet, index) => octet === b[index]);

describe("the screens on 128×64 (EUK-UI-01, EUK-UI-11)", () => {
  it("reach the controller's memory as they are drawn, with every keypad", () => {
    for (const keypad of ["matrix", "buttons", "keyboard"] as const) {
      const { board, display } = new Bench();
      for (const { name, screen } of everyScreen(keypad)) {
        display.show(screen);
        const frame = new Frame();
        layout(frame, screen);
        assert.ok(same(board.memory, frame.octets), name);
        assert.ok(same(display.octets, frame.octets), name);
      }
      assert.ok(board.on);
    }
  });

  it("send the columns that changed and nothing for a screen that is there already", () => {
    const { board, display } = new Bench();
    const list = everyScreen("matrix");
    const home = list.find((one) => one.name === "home")?.screen as Screen;
    display.show(home);
    const before = board.octets;
    display.show(home);
    assert.equal(board.octets, before);
    assert.deepEqual(display.redraw, { areas: 0, pixels: 0 });
    const typed = list.filter((one) => one.name.startsWith("password, ")).slice(0, 2);
    for (const { screen } of typed) display.show(screen);
    assert.ok(display.redraw.pixels <= 400, `${display.redraw.pixels} pixels for a letter that is masked`);
  });

  it("turn the pages of a text that is longer than the display, and start with the first one", () => {
    const { board, ticker, display } = new Bench();
    const screen = plain(["one ".repeat(50), "the end"]);
    display.show(screen);
    const first = board.memory.slice();
    ticker.pass(3_000);
    const second = board.memory.slice();
    assert.ok(!same(first, second));
    const pages = layout(new Frame(), screen);
    ticker.pass(3_000 * (pages - 1));
    assert.ok(same(board.memory, first), "it comes round");
    ticker.pass(3_000);
    display.show(plain(["other"]));
    assert.equal(ticker.running, 0);
    display.show(screen);
    assert.ok(same(board.memory, first));
  });

  it("move the bar of a work that takes nobody knows how long, and nothing once it is over", () => {
    const { board, ticker, display } = new Bench();
    const list = everyScreen("matrix");
    display.show(list.find((one) => one.name === "progress, join")?.screen as Screen);
    const before = board.memory.slice();
    const octets = board.octets;
    ticker.pass(200);
    assert.ok(!same(board.memory, before));
    assert.ok(board.octets - octets < 120, `${board.octets - octets} octets for a step of the bar`);
    ticker.pass(15 * 200);
    assert.ok(same(board.memory, before), "to and fro");
    display.show(plain(["long ".repeat(40)]));
    const text = board.memory.slice();
    ticker.pass(2_900);
    assert.ok(same(board.memory, text), "pages of a text turn more slowly");
    display.show(plain(["short"]));
    assert.equal(ticker.running, 0);
  });

  it("go on with a page while a countdown changes the line below", () => {
    const { board, ticker, display } = new Bench();
    const waiting = (left: number): Screen => plain(["long ".repeat(40), `Wait ${left} s`]);
    display.show(waiting(9));
    ticker.pass(3_000);
    const second = board.memory.slice();
    display.show(waiting(8));
    assert.ok(!same(board.memory, new Uint8Array(1024)));
    const frame = new Frame();
    layout(frame, waiting(8), 1);
    assert.ok(same(board.memory, frame.octets));
    assert.equal(second.length, 1024);
  });
});

describe("the light of a 128×64 display", () => {
  it("dims by its contrast, goes out whole, and comes back as it was", () => {
    const { board, display } = new Bench();
    display.show(plain(["here"]));
    const full = board.contrast;
    display.light?.("dim");
    assert.ok(board.on && board.contrast < full);
    display.light?.("dark");
    assert.ok(!board.on);
    display.light?.("full");
    assert.ok(board.on);
    assert.equal(board.contrast, full);
  });

  it("is out as well when the display comes back that was unplugged", () => {
    const { board, display } = new Bench();
    board.plugged = false;
    display.light?.("dark");
    assert.equal(display.state.is, "lost");
    board.plugged = true;
    board.on = true;
    display.show(plain(["after"]));
    assert.equal(display.state.is, "ready");
    assert.ok(!board.on);
  });
});

describe("a 128×64 display that is not there", () => {
  it("is absent, and found by a later screen", () => {
    const bench = new Bench();
    bench.display = (() => {
      bench.display = undefined as unknown as MonoDisplay;
      bench.board.open = 0;
      bench.board.plugged = false;
      return bench.make();
    })();
    assert.deepEqual(bench.display.state, { is: "absent", why: "write failed" });
    assert.equal(bench.display.kind, "none", "so that the device is one without UI");
    assert.equal(bench.board.open, 0);
    bench.display.show(plain(["lost"]));
    assert.equal(bench.display.state.is, "absent");
    bench.board.plugged = true;
    bench.display.show(plain(["here"]));
    assert.equal(bench.display.state.is, "ready");
    assert.equal(bench.display.kind, "128x64");
    const frame = new Frame();
    layout(frame, plain(["here"]));
    assert.ok(same(bench.board.memory, frame.octets));
  });

  it("is lost when unplugged; plugged in again it shows the whole screen, whatever its memory held", () => {
    const { board, display } = new Bench();
    display.show(plain(["before"]));
    board.plugged = false;
    display.show(plain(["between"]));
    assert.equal(display.state.is, "lost");
    assert.equal(board.open, 0);
    display.show(plain(["still gone"]));
    assert.equal(display.state.is, "lost");
    board.plugged = true;
    board.memory.fill(0x5a);
    display.show(plain(["after"]));
    const frame = new Frame();
    layout(frame, plain(["after"]));
    assert.ok(same(board.memory, frame.octets));
  });
});
