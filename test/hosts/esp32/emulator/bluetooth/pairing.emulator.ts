import assert from "node:assert/strict";
import type { TestCentral } from "../../../../support/hci/central.js";
import { Failure } from "../../../../support/hci/smp.js";
import { pause } from "../../hand.js";
import type { EmulatedChip } from "../emulatedChip.js";
import { address, BluetoothBench } from "./bench.js";

/** A key that comes sooner was meant for something else. */
const guard = 2_500;

describe("pairing with a chip in QEMU: LE Secure Connections with numeric comparison (SEC-02)", () => {
  const bench = new BluetoothBench();
  const { bonds } = bench;
  let chip: EmulatedChip;

  before(async () => {
    chip = await bench.start({ alone: true });
    await chip.shows("welcome");
    bonds.active = true;
  });

  after(() => bench.close());

  afterEach(async function () {
    if (this.currentTest?.state === "failed")
      process.stderr.write(`${chip.said}\n${chip.restarts} restarts; ${JSON.stringify(chip.screen)}\n`);
    bonds.says = () => Promise.resolve(true);
    bonds.asks = undefined;
    bonds.seen.length = 0;
    bonds.numbers.length = 0;
    for (const central of links.splice(0)) central.disconnect();
    await bench.advertises();
    await chip.until(() => chip.screen?.id !== "pairing", "the question to go");
  });

  const links: TestCentral[] = [];

  /** As a gateway: connects, pairs meanwhile, and subscribes. */
  async function connect(): Promise<TestCentral> {
    const central = await bench.connect();
    links.push(central);
    await central.subscribe(await central.find());
    return central;
  }

  /** The digits on the display. */
  async function asked(): Promise<number> {
    await chip.until(() => chip.screen?.id === "pairing", "the question");
    return Number(chip.screen?.lines[1]?.replace(" ", ""));
  }

  async function answer(yes: boolean): Promise<void> {
    await asked();
    await pause(guard);
    chip.press({ kind: "named", key: yes ? "enter" : "escape" });
  }

  const ended = async (): Promise<(typeof bonds.seen)[number]> => {
    await chip.until(() => bonds.seen.length > 0, "the end of pairing");
    return bonds.seen[0] as (typeof bonds.seen)[number];
  };

  async function secured(what: "paired" | "bonded"): Promise<void> {
    assert.equal((await ended()).what, what);
    await pause(500);
    assert.equal((await chip.link()).secure, true);
  }

  it("shows the same six digits as the gateway, and after two times yes the link is secure", async () => {
    await connect();
    assert.equal(await asked(), bonds.numbers[0]);
    assert.equal((await chip.link()).secure, false);
    await answer(true);
    await secured("paired");
  });

  it("is secure again with the bond, without a question", async () => {
    await connect();
    await secured("bonded");
    assert.deepEqual(bonds.numbers, []);
  });

  it("has the bond in its flash: secure without a question after its power was cut", async () => {
    await chip.powerOff();
    chip.powerOn();
    await chip.shows("welcome");
    await connect();
    await secured("bonded");
  });

  it("pairs anew, with a comparison, with a gateway that has forgotten the bond", async () => {
    bonds.keys.clear();
    await connect();
    assert.equal(await asked(), bonds.numbers[0]);
    await answer(true);
    await secured("paired");
  });

  for (const [how, end] of [
    ["that is told no", async () => answer(false)],
    [
      "that leaves during the question",
      async (central) => {
        await asked();
        central.disconnect();
      },
    ],
  ] as readonly (readonly [string, (central: TestCentral) => Promise<void>])[]) {
    it(`keeps the bond of a gateway under whose address somebody asks to pair ${how}`, async () => {
      const key = bonds.keys.get(address) as Uint8Array;
      bonds.keys.clear();
      bonds.says = () => new Promise(() => {});
      const stranger = await connect();
      await end(stranger);
      await ended();
      assert.equal((await chip.link()).secure, false);
      stranger.disconnect();
      await bench.advertises();
      bonds.keys.set(address, key);
      bonds.seen.length = 0;
      await connect();
      await secured("bonded");
    });
  }

  it("is not secure when the person at the gateway says no", async () => {
    bonds.keys.clear();
    bonds.says = () => Promise.resolve(false);
    await connect();
    await asked();
    assert.deepEqual(await ended(), { what: "failed", reason: Failure.comparison });
    assert.equal((await chip.link()).secure, false);
  });

  it("takes its question away when the link ends, and asks anew at the next one", async () => {
    bonds.keys.clear();
    bonds.says = () => new Promise(() => {});
    const central = await connect();
    await asked();
    central.vanish();
    await chip.until(() => chip.screen?.id !== "pairing", "the question to go");
    await bench.advertises();
    bonds.says = () => Promise.resolve(true);
    bonds.seen.length = 0;
    await connect();
    await answer(true);
    await secured("paired");
  });

  it("does not take a key that is another's", async () => {
    const key = bonds.keys.get(address) as Uint8Array;
    bonds.keys.set(
      address,
      key.map((octet) => octet ^ 1),
    );
    const central = await bench.connect();
    links.push(central);
    await chip.until(() => central.closed !== undefined, "the end of the link");
    bonds.keys.set(address, key);
  });

  it("is never secure without a comparison: neither bonding alone nor legacy pairing makes it so", async () => {
    for (const asks of [0x09, 0x05, 0x01]) {
      bonds.keys.clear();
      bonds.asks = asks;
      const central = await connect();
      await pause(1_500);
      assert.equal((await chip.link()).secure, false, `${asks}`);
      central.disconnect();
      await bench.advertises();
    }
  });

  it("has sent nothing but HCI, and has not started anew by itself", () => {
    assert.deepEqual(bench.faults, []);
    assert.equal(chip.restarts, 0);
  });
});
