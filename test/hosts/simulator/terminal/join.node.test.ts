import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { VirtualRadio } from "../../../../hosts/gateway/radio/virtualRadio.js";
import { joinFromTerminal } from "../../../../hosts/simulator/terminal/command.js";
import { WallClock } from "../../../../hosts/simulator/world/clock.js";
import { Home } from "../../../support/home.js";
import { until } from "../../../support/until.js";

/** A person at a terminal. */
class Person {
  readonly keys = new PassThrough();
  /** Of a terminal; screens go to a file otherwise. */
  columns: number | undefined;
  readonly seen: string[] = [];
  readonly errors: string[] = [];

  sit(...args: readonly string[]): Promise<number> {
    const { columns } = this;
    return joinFromTerminal(args, {
      keys: this.keys,
      ...(columns !== undefined && { columns: () => columns }),
      out: (line) => void this.seen.push(line),
      error: (line) => void this.errors.push(line),
    });
  }

  get screen(): string {
    return this.seen.at(-1) ?? "";
  }

  async sees(text: string): Promise<void> {
    await until(() => this.screen.includes(text), `'${text}' on the terminal; there is: ${this.screen}`);
  }
}

describe("npm run sim -- --join", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-join-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("puts a device on the terminal that enrols at a gateway, and has its key the next time (EUK-UI-02)", async () => {
    const clock = new WallClock();
    const air = join(folder, "air");
    const data = join(folder, "flash");
    const person = new Person();
    const end = person.sit("--join", air, "--data", data, "--name", "Lamp");
    await person.sees("waiting for a gateway");
    await assert.rejects(new Person().sit("--join", air, "--data", data), /in use by another process/);
    const home = new Home(clock, await VirtualRadio.listen({ at: { path: air }, clock }));
    await home.start([{ userID: "alice", password: "wonderland" }]);
    await person.sees("Welcome");
    person.keys.write("\r");
    await person.sees("User ID");
    person.keys.write("alice\r");
    await person.sees("Password");
    person.keys.write("wonderland\r");
    await until(() => person.seen.some((text) => text.includes("✓")), "the success of the enrolment");
    assert.ok(person.seen.every((text) => !text.includes("wonderland")));
    person.keys.write("\x03");
    assert.equal(await end, 0);
    await until(() => home.reconnector.peers.length === 0, "the device to be gone");

    const again = new Person();
    again.columns = 80;
    const secondEnd = again.sit("--join", air, "--data", data);
    await again.sees("Start or join");
    again.keys.end();
    assert.equal(await secondEnd, 0);
    const [keys = "", first = "", second = ""] = again.seen;
    assert.match(keys, /Arrows and Enter choose/);
    assert.ok(!first.includes("\x1b"), "what the terminal had before stays");
    assert.equal(second.indexOf(`\x1b[${first.split("\n").length}A\x1b[J`), 0, second);
    home.reconnector.stop();
    clock.stop();
  });

  it("says in one line what it does not take", async () => {
    for (const args of [
      ["--join"],
      ["--join", ""],
      ["--join", "70000"],
      ["--join", "x", "--colour", "red"],
      ["--join", "x", "--update-key", "02ff"],
    ]) {
      const person = new Person();
      assert.equal(await person.sit(...args), 2);
      assert.match(person.errors.join("\n"), /^[^\n]+; usage: npm run sim -- --join [^\n]+$/);
    }
  });
});
