import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { askGateway } from "../../hosts/gateway/control.js";
import type { ProgramView } from "../../hosts/gateway/views.js";
import { makeImage, versionOn } from "../../hosts/simulator/network/images.js";
import { FolderSlots } from "../../hosts/simulator/terminal/folderSlots.js";
import { VirtualSlots } from "../../hosts/simulator/world/slots.js";
import { concat } from "../../src/base/octets.js";
import type { UpdateView } from "../../src/gateway/updates.js";
import { progressStep } from "../../src/pne/update.js";
import { Household, password } from "../support/household.js";
import type { Program } from "../support/programs.js";
import { unlessFew } from "../support/sampled.js";

/** Octets of the image: some seconds on its way. */
const size = 600_000;
const question = /New firmware[\s\S]*It comes from your gateway/;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** A device on a terminal, and the person at it. */
class Person {
  readonly #home: Household;
  #device: Program;

  constructor(home: Household) {
    this.#home = home;
    this.#device = home.terminal("Lamp");
  }

  /** The last screen. */
  get #screen(): string {
    return this.#device.out.trimEnd().split("\n\n").at(-1) ?? "";
  }

  /** Types on this screen. What has just come up takes no key that was meant for something else: Enter goes on. */
  async answers(screen: RegExp, typed = ""): Promise<void> {
    await this.sees(screen);
    this.#device.types(typed);
    for (let tries = 0; tries < 20 && screen.test(this.#screen); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (screen.test(this.#screen)) this.#device.types("\r");
    }
  }

  async sees(screen: RegExp): Promise<void> {
    for (const end = Date.now() + 60_000; !screen.test(this.#screen); await pause()) {
      if (Date.now() > end) assert.fail(`waited for ${screen} on the terminal; it shows ${this.#screen}`);
    }
  }

  async killed(): Promise<void> {
    await this.#device.kill("SIGKILL");
    this.#device = this.#home.terminal("Lamp");
  }
}

describe("an update of a device's firmware by programs that are killed meanwhile", function () {
  this.timeout(180_000);
  before(function () {
    unlessFew(this, "an update by programs");
  });
  let home: Household;
  let person: Person;
  let server: Program;
  let gateway: Program;
  let device = "";

  beforeEach(async () => {
    home = new Household();
    server = await home.server();
    await home.user("alice");
    gateway = await home.gateway();
    assert.equal((await home.ask("enrol")).code, 0);
    person = new Person(home);
    await person.answers(/^Welcome/);
    await person.answers(/^Enrol[\s\S]*User ID: _/, "alice\r");
    await person.answers(/Password: _/, `${password}\r`);
    await person.answers(/✓/);
    await person.sees(/Start or join/);
    await home.shows(/^device +[0-9a-f]{32} .*with keypad, idle$/m);
    const inviting = home.ask("invite");
    await person.answers(/^Join\?/);
    const { out, errors } = await inviting;
    assert.match(out, /with 1 devices$/m, errors);
    await person.answers(/✓/);
    device = (await view()).pns[0]?.members[0]?.id ?? "";
  });
  afterEach(() => home.close());

  const view = async (): Promise<ProgramView> =>
    (await askGateway(join(home.folder, "gw"), { ask: "view" })) as ProgramView;

  /** What the gateway says of the update, once it is so; nothing while no gateway answers. */
  async function until(holds: (update: UpdateView) => boolean, what: string): Promise<UpdateView> {
    let last: UpdateView | undefined;
    for (const end = Date.now() + 90_000; Date.now() < end; await pause()) {
      last = await view().then(
        ({ updates }) => updates.find((one) => one.device === device),
        () => undefined,
      );
      if (last !== undefined && holds(last)) return last;
    }
    return assert.fail(`waited for ${what}; it is ${JSON.stringify(last)}`);
  }

  const sent = (part: number): Promise<UpdateView> =>
    until(({ state, offset }) => state === "sending" && offset > part * size, `${100 * part} %`);

  /** Ships an image by the command, and the person says yes. */
  async function shipped(version: string): Promise<{ readonly command: ReturnType<Household["ask"]> }> {
    const file = join(home.folder, `lamp-${version}.cpns`);
    const { header, image } = makeImage({ version }, size);
    writeFileSync(file, concat(header, image));
    const command = home.ask("update", device, file);
    await person.answers(question);
    return { command };
  }

  /** What the device starts from now on. */
  const runs = (): readonly unknown[] => {
    const kept = new FolderSlots(join(home.folder, "Lamp", "firmware"));
    return [kept.note?.state, versionOn(new VirtualSlots(undefined, kept))];
  };

  it("goes on where it was after each of them in turn, asks nobody again, and is confirmed", async () => {
    const { command } = await shipped("0.2.0");
    const before = (await sent(0.3)).offset;
    await person.killed();
    // Who has keys and a display joins by them after a loss of power.
    await person.answers(/▸ Start or join/, "\x1b[B");
    await person.answers(/▸ Only with the gateway/);
    const resumed = await until(({ state, offset }) => state === "sending" && offset !== before, "more");
    assert.ok(resumed.offset > before - 2 * progressStep, `${before}, then ${resumed.offset}`);
    await sent(0.6);
    await gateway.kill();
    const watched = await command;
    assert.deepEqual([watched.code, watched.errors.trim().split("\n").length], [1, 1], watched.errors);
    gateway = await home.gateway();
    const after = await until(
      ({ state }) => state === "sending",
      "octets from the gateway that was started again",
    );
    assert.ok(after.offset > 0.5 * size, `${after.offset}`);
    await server.kill();
    server = await home.server();
    const { version } = await until(({ state }) => state === "done", "the confirmation");
    assert.equal(version, "0.2.0");
    assert.deepEqual(runs(), ["good", "0.2.0"]);
    const listed = await home.ask("update");
    assert.deepEqual([listed.code, listed.out.trim()], [0, `${device} 0.2.0: runs it`]);
  });

  it("is confirmed, too, when the device is killed as it starts what it has fetched", async () => {
    const { command } = await shipped("0.3.0");
    await until(({ state }) => state === "restarting", "the restart");
    await person.killed();
    await until(({ state }) => state === "done", "the confirmation");
    assert.deepEqual(runs(), ["good", "0.3.0"]);
    assert.equal((await command).code, 0);
  });
});
