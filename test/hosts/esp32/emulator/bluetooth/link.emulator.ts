import assert from "node:assert/strict";
import { version } from "../../../../../hosts/esp32/version.js";
import { pause } from "../../hand.js";
import type { EmulatedChip } from "../emulatedChip.js";
import { askToReset, joinPn, sayHello, started, typeCredentials, words } from "../visits.js";
import { BluetoothBench } from "./bench.js";

/**
 * Octets that have to be left, at the least: of the heap with NimBLE's host and without the controller, which on the chip
 * takes up to 60 KB more, and of each task's stack.
 */
const leastFree = 152 * 1024;
const leastStacks: Readonly<Record<string, number>> = Object.freeze({
  main: 6 * 1024,
  IDLE: 512,
  nimble_host: 1_536,
});
const leastStack = 256;

describe("the image of a chip in QEMU, by its own Bluetooth, against noble, a gateway and a Server", () => {
  const bench = new BluetoothBench();
  let chip: EmulatedChip;

  before(async () => {
    chip = await bench.start();
  });

  after(() => bench.close());

  afterEach(function () {
    if (this.currentTest?.state === "failed")
      process.stderr.write(`${chip.said}\n${bench.faults}\n${JSON.stringify(chip.screen)}\n`);
  });

  it("starts NimBLE, advertises, and is connected to and subscribed to (EUK-UI-01)", async () => {
    await chip.shows("welcome");
    await chip.until(() => bench.controller.links === 1, "a link");
  });

  it("enrols with User ID and password, with an ATT_MTU of 247 (EUK-UI-02)", async () => {
    await typeCredentials(chip);
    await chip.shows("enrolled");
    await chip.shows("home");
  });

  it("joins a PN (PNI-14b), in an open link that the gateway has not paired", async () => {
    await joinPn(chip);
    await chip.shows("home");
    assert.deepEqual(await chip.link(), { linked: true, secure: false, maximumWrite: 244 });
  });

  it("sends application data, and gets the Server's answer", async () => {
    await sayHello(chip);
    await chip.until(() => /Server got: Hello, Server!/.test(words(chip)), "the Server's answer");
    chip.enter();
    await chip.shows("home");
  });

  it("comes back into its network after the gateway's adapter was pulled out", async () => {
    bench.rig.adapter.plug(false);
    await chip.until(() => bench.controller.links === 0, "the end of the link");
    bench.rig.adapter.plug(true);
    await chip.until(() => bench.controller.links === 1, "the link");
    await chip.until(() => chip.screen?.status?.link === "secure", "its network");
  });

  it("starts again with its keys from NVS after its power was cut, and joins again", async () => {
    await chip.powerOff();
    chip.powerOn();
    assert.equal(await started(chip), "home");
    await joinPn(chip);
    await chip.shows("home");
  });

  it("has memory left, of each task's stack and of the heap, after all that", async () => {
    const memory = await chip.memory();
    process.stdout.write(`${JSON.stringify(memory)}\n`);
    assert.ok(memory.lowest >= leastFree, `${memory.lowest} octets of heap`);
    for (const [task, left] of Object.entries(memory.stacks))
      assert.ok(left >= (leastStacks[task] ?? leastStack), `${task} has ${left} octets of its stack left`);
  });

  it("forgets everything when it is reset, and enrols anew", async () => {
    // It comes back into its network by itself, and says so over what is shown.
    await chip.settled(5_000);
    await askToReset(chip);
    await chip.shows("erased");
    await chip.shows("welcome");
    await pause(1_000);
    await typeCredentials(chip);
    await chip.shows("home");
  });

  it("has sent nothing but HCI, and has not started anew by itself", () => {
    assert.deepEqual(bench.faults, []);
    assert.equal(chip.restarts, 0);
  });
});

describe("the Bluetooth of a chip in QEMU, for a central that does as it likes", () => {
  const bench = new BluetoothBench();
  let chip: EmulatedChip;

  before(async () => {
    chip = await bench.start({ alone: true });
    await chip.shows("welcome");
  });

  after(() => bench.close());

  it("has the PNE's service, its name and the firmware's version", async () => {
    const central = await bench.connect();
    assert.equal(await central.exchangeMtu(), 247);
    await central.subscribe(await central.find());
    assert.match(Buffer.from(await central.read(0x2a00)).toString(), /^CPNS/);
    assert.equal(Buffer.from(await central.read(0x2a26)).toString(), version);
    assert.deepEqual(await chip.link(), { linked: true, secure: false, maximumWrite: 244 });
    central.disconnect();
    await bench.advertises();
  });

  for (const [when, stay] of [
    ["at once", async () => {}],
    ["after the exchange of the MTU", async (central) => void (await central.exchangeMtu())],
    ["with a request under way", async (central) => central.send(2, 0xf7, 0)],
    ["after discovery", async (central) => void (await central.find())],
    ["when it was subscribed to", async (central) => central.subscribe(await central.find())],
    [
      "with a notification under way",
      async (central) => {
        await central.subscribe(await central.find());
        await chip.until(() => central.notifications.length > 0, "a notification");
      },
    ],
    [
      "with fragments on their way to it",
      async (central) => {
        const found = await central.find();
        await central.subscribe(found);
        for (let i = 0; i < 8; i++) central.send(0x52, found.rx, 0, 0x1b, 0x0a, 0, i);
      },
    ],
  ] as readonly (readonly [string, (central: Central) => Promise<void>])[]) {
    for (const how of ["disconnects", "vanishes"] as const) {
      it(`is in the air again when a central ${how} ${when}`, async () => {
        const central = await bench.connect();
        await stay(central);
        if (how === "disconnects") central.disconnect();
        else central.vanish();
        await bench.advertises();
        assert.equal((await chip.link()).linked, false);
      });
    }
  }
  type Central = Awaited<ReturnType<BluetoothBench["connect"]>>;

  it("lets a central go that does not subscribe", async function () {
    this.timeout(60_000);
    const central = await bench.connect();
    await chip.until(() => central.closed !== undefined, "the end of the link");
    await bench.advertises();
  });

  it("has sent nothing but HCI, and has not started anew by itself", () => {
    assert.deepEqual(bench.faults, []);
    assert.equal(chip.restarts, 0);
  });
});
