import { Milliseconds } from "../../../src/base/units.js";
import type { KeyPress, Keypad, MatrixKey } from "../../../src/ui/keys.js";
import { multiTapTimeout } from "../../../src/ui/multiTap.js";
import type { Screen } from "../../../src/ui/screen.js";
import { english } from "../../../src/ui/strings/english.js";
import type { SimulatedDevice } from "../network/device.js";
import type { VirtualClock } from "../world/clock.js";
import { StepFailure } from "./errors.js";
import { moveOf, pathOf, pressOf, tapsOf } from "./presses.js";

/** Between two presses of a person. */
const pressTime = Milliseconds(100);
/** For a question that comes by itself. */
const readingTime = Milliseconds(1_000);
const longestProgress = Milliseconds(120_000);

/** The keys of an application's page, in the order of the labels. */
const ownKeys: Readonly<Record<Keypad, readonly string[]>> = Object.freeze({
  matrix: Object.freeze(["A", "B", "C"]),
  keyboard: Object.freeze(["up", "down", "escape"]),
  touch: Object.freeze(["A", "B", "C"]),
  buttons: Object.freeze(["left", "middle", "right"]),
});

/** The person at one device: reads its screen and presses its keys, nothing else. */
export class Hand {
  readonly device: SimulatedDevice;
  readonly #clock: VirtualClock;
  #last: KeyPress | undefined;

  constructor(device: SimulatedDevice, clock: VirtualClock) {
    this.device = device;
    this.#clock = clock;
  }

  async press(press: KeyPress): Promise<void> {
    this.#last = press;
    this.device.press(press);
    await this.#clock.runFor(pressTime);
  }

  get #keypad(): Keypad {
    const { keypad } = this.device;
    if (keypad === "none") throw new StepFailure("the device has neither keypad nor display");
    return keypad;
  }

  async move(move: Parameters<typeof moveOf>[0]): Promise<void> {
    await this.press(moveOf(move, this.#keypad));
  }

  /** Yes or no to an invitation, once it has been read: a key that comes sooner does not count. */
  async decide(yes: boolean): Promise<void> {
    await this.#clock.runFor(readingTime);
    await this.answer(yes);
  }

  /** Yes or no to a question. */
  async answer(yes: boolean): Promise<void> {
    if (this.#keypad === "buttons") await this.#button(yes ? "right" : "left");
    else await this.move(yes ? "select" : "back");
  }

  /** Runs until the condition holds; false when the limit passed first. */
  until(condition: () => boolean, limit: Milliseconds): Promise<boolean> {
    return this.#clock.runWhile(() => !condition(), limit);
  }

  async type(text: string): Promise<void> {
    await this.#found();
    if (text !== "") this.#expectField();
    for (const character of text) {
      if (this.device.keypad === "matrix") await this.#tap(character);
      else if (this.device.keypad === "buttons") await this.#pick(character);
      else await this.press({ kind: "character", code: character.charCodeAt(0) });
    }
  }

  /** There is something to type into only once a gateway has been found. */
  async #found(): Promise<void> {
    await this.until(() => this.device.screen.id !== "looking", longestProgress);
  }

  async #tap(character: string): Promise<void> {
    const taps = tapsOf(character);
    if (taps === undefined) throw new StepFailure(`the keypad has no '${character}'`);
    const wanted = /[A-Z]/.test(character) ? ["ABC"] : /[a-z]/.test(character) ? ["abc"] : ["abc", "ABC"];
    for (let i = 0; i < 4 && !wanted.includes(this.#expectField().mode ?? ""); i++) await this.#key("#");
    // The same key again within this time would change the character before.
    if (this.#last?.kind === "matrix" && this.#last.key === taps.key)
      await this.#clock.runFor(multiTapTimeout);
    for (let i = 0; i < taps.count; i++) await this.#key(taps.key);
  }

  #key(key: MatrixKey): Promise<void> {
    return this.press({ kind: "matrix", key });
  }

  async #pick(character: string): Promise<void> {
    const set = (this.#expectField().groups?.[0] ?? "").split(" ").join("");
    for (const button of pathOf(character, set)) await this.#button(button);
  }

  #button(name: string): Promise<void> {
    return this.press(pressOf(name, "buttons") as KeyPress);
  }

  #expectField(): NonNullable<Screen["field"]> {
    const { field, id } = this.device.screen;
    if (field === undefined) throw new StepFailure(`there is no field to type into on screen '${id}'`);
    return field;
  }

  // ── From whatever screen ──

  /** Goes to the first screen, waiting for what the device is doing. Throws StepFailure. */
  async home(): Promise<void> {
    for (let presses = 0; presses < 100; presses++) {
      const { id } = this.device.screen;
      if (id === "home" || id === "welcome") return;
      if (id === "off" || id === "boot") throw new StepFailure(`the device shows '${id}'`);
      if (id === "progress" || id === "looking") await this.#idle();
      else if (this.device.screen.field !== undefined) await this.#leaveField();
      // Its middle button is the application's own.
      else if (id === "application" && this.#keypad === "buttons") await this.#button("left");
      else await this.move("back");
    }
    throw new StepFailure(`there is no way home from screen '${this.device.screen.id}'`);
  }

  async #idle(): Promise<void> {
    const idle = await this.until(
      () => !["progress", "looking"].includes(this.device.screen.id),
      longestProgress,
    );
    if (!idle) throw new StepFailure("the device is still busy after two minutes");
  }

  async #leaveField(): Promise<void> {
    if (this.device.keypad === "buttons") await this.#button("hold-left");
    else await this.move("back");
  }

  /** Chooses an entry of the menu that is shown. Throws StepFailure when there is none. */
  async choose(entry: keyof typeof english.menu): Promise<void> {
    await this.#chooseRow(english.menu[entry]);
  }

  async #chooseRow(label: string): Promise<void> {
    const at = this.#entryAt(label);
    for (let i = 0; i < 20 && this.device.screen.menu?.selected !== at; i++) await this.move("down");
    await this.move("select");
  }

  #entryAt(label: string): number {
    const at = this.device.screen.menu?.items.indexOf(label) ?? -1;
    if (at < 0) throw new StepFailure(`screen '${this.device.screen.id}' offers no '${label}'`);
    return at;
  }

  /** On the page of the device's application, the key of this label, if any. Throws StepFailure when there is none. */
  async own(label: string | undefined): Promise<void> {
    if (this.device.screen.id !== "application") {
      const { application } = this.device;
      if (application === undefined) throw new StepFailure("the device has no application");
      await this.home();
      await this.#chooseRow(application);
    }
    if (label === undefined) return;
    const { softKeys } = this.device.screen;
    const at = softKeys.indexOf(label);
    const name = ownKeys[this.#keypad][at];
    const press = name === undefined ? undefined : pressOf(name, this.#keypad);
    if (at < 0 || press === undefined) {
      const there = softKeys.filter((one) => one !== "").join(", ");
      throw new StepFailure(`its page has no key '${label}'; it has ${there}`);
    }
    await this.press(press);
  }

  async enrol(userID: string, password: string): Promise<void> {
    await this.home();
    if (this.device.screen.id === "welcome") {
      await this.move("select");
    } else {
      await this.choose("settings");
      await this.choose("enrolAgain");
    }
    await this.#found();
    // There is no gateway: the device has said so.
    if (this.device.screen.id === "error") return;
    await this.type(userID);
    await this.#done();
    await this.type(password);
    await this.#done();
  }

  async #done(): Promise<void> {
    if (this.device.keypad === "buttons") await this.#button("hold-middle");
    else await this.move("select");
  }

  /** Invites all that are there into a network of this name, or of none. */
  async invite(alias: string): Promise<void> {
    await this.fromHome("createAll");
    await this.type(alias);
    await this.#done();
  }

  /** Gives the device a name. */
  async name(name: string): Promise<void> {
    await this.fromHome("settings");
    await this.choose("deviceName");
    await this.type(name);
    await this.#done();
  }

  async fromHome(entry: keyof typeof english.menu): Promise<void> {
    await this.home();
    await this.choose(entry);
  }

  /** Leaves the network, or ends it for everybody. */
  async leave(entry: "leavePN" | "dissolvePN"): Promise<void> {
    await this.fromHome(entry);
    await this.answer(true);
  }

  async erase(): Promise<void> {
    await this.fromHome("settings");
    await this.choose("factoryReset");
    await this.move("erase");
  }
}
