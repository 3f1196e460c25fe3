import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { inRhythm, type Signal } from "../../src/device/feedback.js";
import { switchOn } from "../../src/device/firmware.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import type { PneCommand } from "../../src/pne/ports.js";
import { languages } from "../../src/ui/strings/languages.js";
import { Ui } from "../../src/ui/ui.js";
import { ManualClock } from "../support/manualClock.js";
import { euKey } from "../support/storedKeys.js";
import { enrolledView } from "../support/uiBench.js";
import { TestBoard } from "./board.js";

describe("a signal by what can only be on or off", () => {
  /** What was switched, and when. */
  function played(...signals: readonly (readonly [Signal, number])[]): string {
    const clock = new ManualClock();
    const done: string[] = [];
    const give = inRhythm(clock, (on) => void done.push(`${on ? "on" : "off"} ${clock.now()}`));
    for (const [signal, time] of signals) {
      give(signal);
      clock.advance(Milliseconds(time));
    }
    assert.equal(clock.armed, 0);
    return done.join(", ");
  }

  it("is short for yes, long for no, and twice for what has come", () => {
    assert.equal(played(["yes", 1_000]), "on 0, off 60");
    assert.equal(played(["no", 1_000]), "on 0, off 400");
    assert.equal(played(["arrival", 1_000]), "on 0, off 60, on 150, off 210");
  });

  it("gives way to the next one, and ends off", () => {
    assert.equal(played(["no", 100], ["yes", 1_000]), "on 0, on 100, off 160");
  });

  it("is none where nothing can be switched", () => {
    const clock = new ManualClock();
    const give = inRhythm(clock, () => {
      throw new Error("in use");
    });
    give("arrival");
    assert.equal(clock.armed, 0);
  });
});

function heard(store?: TestBoard["store"]) {
  const signals: Signal[] = [];
  const board = Object.assign(new TestBoard("keyboard", "320x240", store), {
    feedback: (signal: Signal) => void signals.push(signal),
  });
  return { board, signals, firmware: switchOn(board) };
}

describe("a device that can be heard", () => {
  it("says yes when its person's wish is done, and no when that has failed", () => {
    const { signals, firmware } = heard();
    firmware.pne?.command({ kind: "setName", name: "Lamp" });
    assert.deepEqual(signals, ["yes"]);
    firmware.pne?.command({ kind: "sendToServer", text: "hello" });
    assert.deepEqual(signals, ["yes", "no"]);
  });

  it("calls for a number that is to be compared", () => {
    const { board, signals } = heard();
    board.pairing.compare(7, () => {});
    assert.deepEqual(signals, ["arrival"]);
  });

  it("does not call a person who has neither display nor keypad for it", () => {
    const signals: Signal[] = [];
    const board = Object.assign(new TestBoard("none"), {
      feedback: (signal: Signal) => void signals.push(signal),
    });
    switchOn(board);
    board.pairing.compare(7, () => {});
    assert.deepEqual(signals, []);
  });

  it("is quiet when its person wants that, over restarts, until it is erased", () => {
    const first = heard();
    first.firmware.pne?.command({ kind: "setLanguage", language: "de" });
    first.firmware.pne?.command({ kind: "setQuiet", quiet: true });
    first.firmware.pne?.command({ kind: "setName", name: "Lamp" });
    assert.deepEqual(first.signals, []);
    const again = heard(first.board.store);
    assert.equal(again.firmware.pne?.view.quiet, true);
    assert.equal(again.firmware.pne?.view.language, "de");
    again.firmware.pne?.command({ kind: "setQuiet", quiet: false });
    again.firmware.pne?.command({ kind: "setName", name: "Light" });
    assert.deepEqual(again.signals, ["yes"]);
    again.firmware.pne?.command({ kind: "setQuiet", quiet: true });
    again.firmware.pne?.command({ kind: "factoryReset" });
    assert.equal(again.firmware.pne?.view.quiet, undefined);
  });

  it("keeps both choices, whichever was made last", () => {
    const { board } = heard();
    const store = new KeyStore(board.store, board.suite);
    store.stage(euKey(1));
    store.quiet = true;
    store.language = "fr";
    assert.equal(new KeyStore(board.store, board.suite).quiet, true);
    assert.equal(new KeyStore(board.store, board.suite).language, "fr");
  });
});

describe("the row for sounds in the settings", () => {
  /** The settings of a device with something to signal by, or without. */
  function settings(sounds: boolean, language: string, quiet?: true) {
    const commands: PneCommand[] = [];
    const ui = new Ui({
      ...{ clock: new ManualClock(), keypad: "matrix", firmware: "1", sounds },
      show: () => {},
      command: (command) => void commands.push(command),
    });
    ui.notify({ kind: "state", view: { ...enrolledView, language, ...(quiet && { quiet }) } });
    ui.press({ kind: "matrix", key: "A" });
    ui.press({ kind: "matrix", key: "D" });
    assert.equal(ui.screen.id, "settings");
    return { ui, commands };
  }

  it("is where there is something to turn off, in every language, and says how it is", () => {
    for (const { code, strings } of languages) {
      const { soundsOn, soundsOff } = strings.menu;
      for (const [quiet, label] of [[undefined, soundsOn] as const, [true, soundsOff] as const]) {
        const { ui, commands } = settings(true, code, quiet);
        const rows = ui.screen.menu?.items ?? [];
        assert.ok(rows.includes(label), `${code}: ${rows}`);
        for (let i = rows.indexOf(label); i > 0; i--) ui.press({ kind: "matrix", key: "B" });
        ui.press({ kind: "matrix", key: "D" });
        assert.deepEqual(commands, [{ kind: "setQuiet", quiet: quiet !== true }]);
        assert.equal(ui.screen.id, "settings", "where it is seen");
      }
      const silent = settings(false, code).ui.screen.menu?.items ?? [];
      assert.ok(!silent.includes(soundsOn) && !silent.includes(soundsOff));
    }
  });
});
