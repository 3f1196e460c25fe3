import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { CryptoError } from "../../src/crypto/errors.js";
import type { DeviceApplication } from "../../src/device/board.js";
import { type Firmware, switchOn } from "../../src/device/firmware.js";
import { StoreError } from "../../src/keystore/errors.js";
import { encodeFactoryData, factoryName } from "../../src/keystore/factoryData.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import type { KeyPress, NamedKey } from "../../src/ui/keys.js";
import { MemoryStore } from "../support/memoryStore.js";
import { slotOfNewerFirmware } from "../support/newerSlot.js";
import { SeededRandom } from "../support/seededRandom.js";
import { euKey } from "../support/storedKeys.js";
import { TestBoard } from "./board.js";

const y = Object.freeze({ kind: "character", code: 0x79 } as const);

/** The board with a function of its own in place of one of the board's. */
function broken(board: TestBoard, faults: Partial<Record<"random" | "flash", () => never>>): TestBoard {
  return Object.assign(board, faults);
}

describe("the firmware's boot", () => {
  it("offers to enrol on a board whose factory has written nothing (EUK-UI-01, C-12)", () => {
    const board = new TestBoard();
    const { halted, pne } = switchOn(board);
    assert.equal(halted, undefined);
    assert.equal(board.screen?.id, "welcome");
    assert.equal(pne?.view.entityID, undefined);
    assert.equal(board.radio.name, "CPNS");
  });

  it("is named and identified by what the factory has written (C-12, SEC-06)", () => {
    const board = new TestBoard();
    const device = { entityID: Uint8Array.of(1, 2, 3), name: "Kitchen" };
    board.factoryStore.write(factoryName, encodeFactoryData(board.suite, device));
    assert.equal(switchOn(board).pne?.view.entityID, "010203");
    assert.equal(board.radio.name, "Kitchen");
  });

  it("says so when factory data is damaged, and does not go on air", () => {
    const board = new TestBoard();
    board.factoryStore.write(factoryName, new Uint8Array(40));
    assert.equal(switchOn(board).halted, "store.factory");
    assert.equal(board.screen?.title, "Factory data");
    assert.equal(board.radio.events, undefined);
  });

  it("says so when there is no keypad, and lets a gateway enrol the device (SEC-05)", () => {
    const board = new TestBoard("none");
    const { pne } = switchOn(board);
    assert.equal(board.screen?.id, "keypadMissing");
    board.clock.advance(Milliseconds(10_000));
    assert.notEqual(board.radio.advertised, undefined);
    assert.equal(pne?.view.keys, "empty");
  });

  it("erases everything at once by the button of a board without keypad, when that was held", () => {
    const board = new TestBoard("none");
    const owned = new KeyStore(board.store, board.suite);
    owned.stage(euKey(1));
    owned.commit(euKey(1).id);
    const { pne } = switchOn(board);
    assert.equal(pne?.view.keys, "enrolled");
    board.press({ kind: "button", button: "right" });
    board.press({ kind: "button", button: "left", long: true });
    assert.equal(pne?.view.keys, "enrolled");
    board.press({ kind: "button", button: "right", long: true });
    assert.equal(pne?.view.keys, "empty");
    assert.equal(switchOn(new TestBoard("none", "320x240", board.store)).pne?.view.keys, "empty");
  });

  it("restarts with a UI when a first keyboard is plugged in", () => {
    const board = new TestBoard("none");
    switchOn(board);
    board.keypad.becomes("keyboard");
    assert.equal(board.restarts, 1);
  });

  it("tells of a keypad that goes, and shows where the person was when one comes", () => {
    const board = new TestBoard("keyboard");
    switchOn(board);
    board.keypad.becomes("none");
    assert.equal(board.screen?.id, "keypadMissing");
    board.keypad.becomes("buttons");
    assert.equal(board.screen?.id, "welcome");
    assert.equal(board.screen?.softKeys.length, 3);
    assert.equal(board.restarts, 0);
  });

  it("works without a display", () => {
    const board = new TestBoard("keyboard", "none");
    assert.equal(switchOn(board).halted, undefined);
    board.clock.advance(Milliseconds(10_000));
    assert.notEqual(board.radio.advertised, undefined);
  });

  it("does not make keys of random numbers that failed their test", () => {
    const board = broken(new TestBoard(), {
      random: () => {
        throw new CryptoError("crypto.random");
      },
    });
    const firmware = switchOn(board);
    assert.equal(firmware.halted, "crypto.random");
    assert.equal(firmware.pne, undefined);
    assert.equal(board.screen?.title, "Not safe");
  });

  it("asks for random numbers only once the radio is up, as their noise comes from there", () => {
    const board = new TestBoard();
    board.radio.works = false;
    let asked = 0;
    const { random } = board;
    board.random = () => {
      asked++;
      return random();
    };
    const firmware = switchOn(board);
    assert.equal(asked, 0);
    board.radio.events?.ready();
    assert.equal(asked, 1);
    assert.equal(firmware.halted, undefined);
  });

  it("says so when the radio does not come up", () => {
    const board = new TestBoard();
    board.radio.works = false;
    const firmware = switchOn(board);
    board.clock.advance(Milliseconds(5_000));
    assert.equal(firmware.halted, "radio.silent");
    board.radio.events?.ready();
    assert.equal(firmware.pne, undefined);
  });

  it("says so when flash cannot be used", () => {
    const board = broken(new TestBoard(), {
      flash: () => {
        throw new StoreError("store.broken");
      },
    });
    assert.equal(switchOn(board).halted, "store.broken");
    assert.equal(board.screen?.title, "Memory fault");
  });

  it("offers to erase flash that cannot even be started, as a whole, and starts anew", () => {
    let erased = 0;
    const unusable = broken(new TestBoard("matrix"), {
      flash: () => {
        throw new StoreError("store.unusable");
      },
    });
    const board = Object.assign(unusable, { eraseStorage: () => void erased++ });
    assert.equal(switchOn(board).halted, "store.unusable");
    assert.equal(board.screen?.title, "No memory");
    assert.equal(board.screen?.hint, "Or press 7 to erase everything.");
    for (const key of ["1", "A", "D"] as const) board.press({ kind: "matrix", key });
    assert.deepEqual([erased, board.restarts], [0, 0]);
    board.press({ kind: "matrix", key: "7" });
    assert.deepEqual([erased, board.restarts], [1, 1]);
  });

  it("erases flash that newer firmware wrote only when the person says so, then starts anew", () => {
    const board = new TestBoard();
    const enrolled = new MemoryStore();
    enrolled.write("euk.a", slotOfNewerFirmware(board.suite, "euk"));
    const second = new TestBoard("keyboard", "320x240", enrolled);
    assert.equal(switchOn(second).halted, "store.version");
    second.press({ kind: "named", key: "enter" });
    assert.deepEqual(enrolled.names(), ["euk.a"]);
    second.press(y);
    assert.deepEqual(enrolled.names(), []);
    assert.equal(second.restarts, 1);
    assert.equal(switchOn(new TestBoard("keyboard", "320x240", enrolled)).halted, undefined);
  });

  it("forgets its Bluetooth bonds before it erases anything: no owner's gateway is trusted by the next one", () => {
    const flash = new MemoryStore();
    flash.write("try.a", slotOfNewerFirmware(new TestBoard().suite, "try"));
    const halted = new TestBoard("keyboard", "320x240", flash);
    switchOn(halted);
    halted.radio.held = () => flash.names().length;
    halted.press(y);
    assert.deepEqual([halted.radio.forgot, flash.names().length], [[1], 0]);
    const board = new TestBoard("keyboard", "320x240", flash);
    const { pne } = switchOn(board);
    pne?.command({ kind: "setName", name: "Stairs" });
    const before = flash.names().length;
    board.radio.held = () => flash.names().length;
    pne?.command({ kind: "factoryReset" });
    assert.deepEqual(board.radio.forgot, [before]);
    assert.ok(before > 0);
  });

  it("shows in its settings how many gateways are bonded, and forgets them there, and nothing else", () => {
    const board = new TestBoard("keyboard");
    const keys = new KeyStore(board.store, board.suite);
    keys.stage(euKey(1));
    keys.commit(euKey(1).id);
    board.radio.bonded = 2;
    switchOn(board);
    const named = (key: NamedKey): void => board.press({ kind: "named", key });
    const rows = (): readonly string[] => board.screen?.menu?.items ?? [];
    named("up");
    named("enter");
    assert.equal(board.screen?.id, "settings");
    const before = rows();
    const at = before.indexOf("Forget pairings (2)");
    assert.equal(at, before.length - 2);
    const kept = board.store.names().length;
    for (let i = 0; i < at; i++) named("down");
    named("enter");
    assert.deepEqual(
      rows(),
      before.filter((_, i) => i !== at),
    );
    assert.deepEqual([board.radio.bonded, board.radio.forgot.length], [0, 1]);
    assert.equal(board.store.names().length, kept);
  });

  it("goes on erasing after a power cut: nothing of the owner who wanted it all gone stands", () => {
    const halted = (): [TestBoard, MemoryStore] => {
      const flash = new MemoryStore();
      const owned = new KeyStore(flash, new TestBoard().suite);
      owned.stage(euKey(1));
      owned.commit(euKey(1).id);
      owned.name = "Stairs";
      flash.write("try.a", slotOfNewerFirmware(new TestBoard().suite, "try"));
      const board = new TestBoard("keyboard", "320x240", flash);
      assert.equal(switchOn(board).halted, "store.version");
      return [board, flash];
    };
    const [whole, flash] = halted();
    const from = flash.operations;
    whole.press(y);
    const operations = flash.operations - from;
    for (let cut = 2; cut <= operations; cut++) {
      const [board, left] = halted();
      left.cutPower(cut, "before");
      board.press(y);
      left.reboot();
      assert.equal(switchOn(new TestBoard("keyboard", "320x240", left)).halted, undefined, `cut ${cut}`);
      assert.ok(
        left.names().every((name) => !name.startsWith("euk") && !name.startsWith("nam")),
        `cut ${cut}`,
      );
    }
  });

  it("says that the radio is silent when it cannot be started, and offers no erasing for it", () => {
    const board = new TestBoard("keyboard");
    board.store.write("euk.a", Uint8Array.of(1, 2, 3));
    board.radio.start = () => {
      throw new Error("no memory");
    };
    const firmware = switchOn(board);
    assert.equal(firmware.halted, "radio.silent");
    board.press(y);
    assert.deepEqual(board.store.names(), ["euk.a"]);
    board.clock.advance(Milliseconds(10_000));
    assert.equal(board.restarts, 0);
  });
});

describe("new firmware that is halted while it is on trial", () => {
  type Halting = (board: TestBoard) => void;
  const application = (): DeviceApplication => ({
    name: "broken",
    contents: undefined,
    received: () => assert.fail(),
    describe: () => "",
    notice: () => {},
    page: () => assert.fail(),
    start: () => {
      throw new Error("application");
    },
  });
  const halts: Readonly<Record<string, Halting>> = {
    "firmware.fault": (board) => Object.assign(board, { application: application() }),
    "store.broken": (board) =>
      broken(board, {
        flash: () => {
          throw new StoreError("store.broken");
        },
      }),
    "crypto.random": (board) =>
      broken(board, {
        random: () => {
          throw new CryptoError("crypto.random");
        },
      }),
    "store.factory": (board) => board.factoryStore.write(factoryName, new Uint8Array(40)),
    "radio.silent": (board) => {
      board.radio.works = false;
    },
  };
  const halted = (halting: Halting, trial: boolean): [TestBoard, Firmware, () => number] => {
    let back = 0;
    const board = Object.assign(new TestBoard(), { slots: { trial, rollBack: () => void back++ } });
    halting(board);
    const firmware = switchOn(board);
    board.clock.advance(Milliseconds(5_000));
    return [board, firmware, () => back];
  };

  it("gives way to the one before at once, whatever it is that halts it", () => {
    for (const [code, halting] of Object.entries(halts)) {
      const [board, firmware, back] = halted(halting, true);
      assert.deepEqual([firmware.halted, back()], [code, 1]);
      assert.notEqual(board.screen?.id, "welcome");
      assert.equal(halted(halting, false)[2](), 0, code);
    }
    assert.equal(halted(() => {}, true)[2](), 0);
  });

  it("takes no link of a gateway, where it could confirm itself", () => {
    const link = { maximumWrite: 185, secure: true, write: () => {}, disconnect: () => {} };
    const connects = (halting: Halting): boolean | undefined =>
      halted(halting, false)[0].radio.events?.connected(link);
    assert.equal(
      connects(() => {}),
      true,
    );
    assert.equal(connects(halts["firmware.fault"] as Halting), false);
  });
});

describe("a device that is halted by what is not in its records", () => {
  const enrolled = (): TestBoard => {
    const board = new TestBoard("keyboard");
    board.store.write("euk.a", Uint8Array.of(1, 2, 3));
    return board;
  };

  it("keeps them, whatever is pressed, and offers no erasing that would mend nothing", () => {
    const damaged = enrolled();
    damaged.factoryStore.write(factoryName, new Uint8Array(40));
    const silent = enrolled();
    silent.radio.works = false;
    for (const board of [damaged, silent]) {
      const firmware = switchOn(board);
      board.clock.advance(Milliseconds(5_000));
      assert.notEqual(firmware.halted, undefined);
      assert.equal(board.screen?.hint, undefined);
      for (let code = 0x20; code < 0x7f; code++) board.press({ kind: "character", code });
      board.press({ kind: "button", button: "right", long: true });
      assert.deepEqual(board.store.names(), ["euk.a"]);
      assert.equal(board.restarts, 0);
    }
  });
});

describe("a device in wild hands", () => {
  /** Everything that is advertised, and what still waits, as at the beginning. */
  const resting = (board: TestBoard): readonly [unknown, number] => {
    board.clock.advance(Milliseconds(120_000));
    return [board.radio.advertised, board.clock.armed];
  };

  it("is as before after a thousand gateways that come, write garbage or nothing, and go", () => {
    const board = new TestBoard("keyboard");
    const firmware = switchOn(board);
    const before = resting(board);
    const random = new SeededRandom(4);
    for (let i = 0; i < 1_000; i++) {
      const link = {
        maximumWrite: 20 + (i % 220),
        secure: i % 3 === 0,
        write: (_: Uint8Array, sent: () => void) => sent(),
        disconnect: () => {},
      };
      board.radio.events?.connected(link);
      for (let writes = i % 4; writes > 0; writes--) {
        board.radio.events?.received(random.octets(1 + (i % 240)));
      }
      board.clock.advance(Milliseconds(i % 500));
      board.radio.events?.disconnected();
    }
    assert.equal(firmware.halted, undefined);
    assert.deepEqual(resting(board), before);
    assert.equal(board.restarts, 0);
  });

  it("starts with flash that is full, as it writes nothing before it has something to keep", () => {
    const board = new TestBoard("keyboard");
    board.store.capacity = 0;
    assert.equal(switchOn(board).halted, undefined);
    board.clock.advance(Milliseconds(10_000));
    assert.equal(board.screen?.id, "welcome");
    assert.deepEqual(board.store.names(), []);
  });
});

describe("the firmware's crash report", () => {
  it("is shown at the next boot, once, and counted in the diagnostics", () => {
    const board = new TestBoard();
    board.crashes.record("memory");
    switchOn(board);
    assert.equal(board.screen?.title, "Restarted");
    assert.match(board.screen?.lines.join(" ") ?? "", /memory was full/);
    const next = new TestBoard("keyboard", "320x240", board.store);
    switchOn(next);
    assert.equal(next.screen?.id, "welcome");
  });
});

describe("a gateway that wants a secure link (SEC-02)", () => {
  const asked = (board: TestBoard): boolean[] => {
    const answers: boolean[] = [];
    board.pairing.compare(4_711, (same) => answers.push(same));
    return answers;
  };

  it("is let when the person says that both show the same number", () => {
    const board = new TestBoard("buttons");
    switchOn(board);
    const answers = asked(board);
    assert.match(board.screen?.lines.join(" ") ?? "", /004 711/);
    board.press({ kind: "button", button: "middle" });
    assert.deepEqual(answers, []);
    board.clock.advance(Milliseconds(1_000));
    board.press({ kind: "button", button: "right" });
    assert.deepEqual(answers, [true]);
    assert.equal(board.screen?.id, "welcome");
  });

  it("is not by the key that the person was about to press when the question came", () => {
    const board = new TestBoard("keyboard");
    switchOn(board);
    const answers = asked(board);
    board.clock.advance(Milliseconds(999));
    board.press({ kind: "named", key: "enter" });
    assert.deepEqual(answers, []);
    assert.equal(board.screen?.id, "pairing");
  });

  it("is not by who goes on typing, whatever keys that takes: first comes a second without any", () => {
    for (const keypad of ["buttons", "matrix", "keyboard", "touch"] as const) {
      const board = new TestBoard(keypad);
      switchOn(board);
      board.press({ kind: "named", key: "enter" });
      const answers = asked(board);
      const answerKeys = [
        { kind: "named", key: "enter" },
        { kind: "named", key: "escape" },
        { kind: "matrix", key: "D" },
        { kind: "matrix", key: "C" },
        { kind: "button", button: "left" },
        { kind: "button", button: "right" },
        { kind: "character", code: 0x61 },
        { kind: "matrix", key: "2" },
        { kind: "button", button: "middle" },
      ] as const;
      for (let i = 0; i < 40; i++) {
        board.press(answerKeys[i % answerKeys.length] as KeyPress);
        board.clock.advance(Milliseconds(900));
      }
      assert.deepEqual(answers, [], keypad);
      board.clock.advance(Milliseconds(1_000));
      board.press({ kind: "named", key: "enter" });
      assert.deepEqual(answers, [true], keypad);
    }
  });

  it("is asked in the language of the device", () => {
    const board = new TestBoard("keyboard");
    switchOn(board).pne?.command({ kind: "setLanguage", language: "de" });
    asked(board);
    assert.match(board.screen?.lines[0] ?? "", /sichere Verbindung/);
    board.keypad.becomes("none");
    assert.equal(board.screen?.title, "Keine Tasten");
  });

  it("is not when the person says no, or is asked anew before", () => {
    const board = new TestBoard("keyboard");
    switchOn(board);
    const first = asked(board);
    const second = asked(board);
    assert.deepEqual(first, [false]);
    board.clock.advance(Milliseconds(1_000));
    board.press({ kind: "named", key: "escape" });
    assert.deepEqual(second, [false]);
  });

  it("is asked for no more when the answer to an older question has ended the link", () => {
    const board = new TestBoard("keyboard");
    switchOn(board);
    board.pairing.compare(1, () => board.pairing.over());
    const answers = asked(board);
    assert.equal(board.pairing.asking, false);
    assert.equal(board.screen?.id, "welcome");
    assert.deepEqual(answers, []);
  });

  it("is not by a device on which nobody can see the question or answer it", () => {
    for (const board of [new TestBoard("none"), new TestBoard("keyboard", "none")]) {
      switchOn(board);
      assert.deepEqual(asked(board), [false]);
    }
  });

  it("leaves no question behind when its link ends, and what came meanwhile is on the display", () => {
    const board = new TestBoard("keyboard");
    switchOn(board);
    const answers = asked(board);
    board.keypad.becomes("buttons");
    assert.equal(board.screen?.id, "pairing");
    board.pairing.over();
    assert.equal(board.screen?.id, "welcome");
    board.press({ kind: "button", button: "right" });
    assert.deepEqual(answers, []);
  });
});
