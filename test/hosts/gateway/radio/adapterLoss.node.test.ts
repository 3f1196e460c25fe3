import assert from "node:assert/strict";
import { NobleRadio } from "../../../../hosts/gateway/radio/nobleRadio.js";
import { WallClock } from "../../../../hosts/simulator/world/clock.js";
import { silentLog } from "../../../../src/base/ports.js";
import { RadioError } from "../../../../src/gateway/radio.js";
import { until } from "../../../support/until.js";
import { Rig } from "./rig.js";

const missing = new RadioError("adapter.missing");

describe("a PN GW's adapter", () => {
  let rig: Rig;

  afterEach(() => rig.close());

  for (const userChannel of [false, true]) {
    const channel = userChannel ? "exclusive" : "shared";

    it(`that is pulled out in a connection ends it, and is used again when it is back (${channel} channel)`, async () => {
      rig = new Rig({ speed: 10, userChannel });
      rig.device();
      rig.device();
      const link = await rig.connect(0);
      await rig.hears(1);
      const attempt = rig.attempt(1);
      rig.diagnosis = missing;
      rig.adapter.plug(false);
      await until(() => link.ended && attempt.ended, "the end of the link and of the attempt");
      assert.equal(attempt.error?.code, "adapter.missing");
      assert.equal(await link.write(new Uint8Array(3)), "link.closed");
      assert.deepEqual(rig.usable, ["usable", "adapter.missing"]);
      assert.equal(rig.adapter.sockets, 0);
      const late = rig.attempt(0);
      await until(() => late.ended, "an attempt without adapter to fail");
      assert.equal(late.error?.code, "adapter.missing");
      rig.heard.length = 0;
      rig.adapter.plug(true);
      rig.diagnosis = undefined;
      await rig.connect(0);
      assert.deepEqual(rig.usable, ["usable", "adapter.missing", "usable"]);
    });
  }

  it("that is not there at the start is waited for; each reason is told once", async () => {
    rig = new Rig({ speed: 20, diagnosis: missing });
    rig.device();
    await until(() => rig.usable.length > 0, "the reason");
    // Some looks later nothing new is told.
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(rig.usable, ["adapter.missing"]);
    rig.diagnosis = new RadioError("adapter.permission");
    await until(() => rig.usable.length > 1, "the new reason");
    rig.diagnosis = undefined;
    await rig.connect(0);
    assert.deepEqual(rig.usable, ["adapter.missing", "adapter.permission", "usable"]);
    assert.equal(rig.stacks, 1);
  });

  it("that is switched off while it is used says so", async () => {
    rig = new Rig({ speed: 10 });
    rig.device();
    const link = await rig.connect(0);
    rig.adapter.plug(false);
    await until(() => link.ended, "the end of the link");
    assert.deepEqual(rig.usable, ["usable", "adapter.off"]);
  });

  it("that answers nothing, at the start or in the middle, is silent, and is opened anew", async () => {
    rig = new Rig({ speed: 20 });
    rig.adapter.mute = true;
    await until(() => rig.usable.length > 0, "the reason");
    assert.deepEqual(rig.usable, ["adapter.silent"]);
    rig.adapter.mute = false;
    rig.device();
    const link = await rig.connect(0);
    rig.adapter.mute = true;
    await until(() => link.ended, "the end of the link");
    assert.equal(link.closed, "adapter.silent");
    rig.heard.length = 0;
    rig.adapter.mute = false;
    await rig.connect(0);
  });

  it("that cannot be opened is named, without a word of noble's own on the console", async () => {
    const { log } = console;
    const said: unknown[] = [];
    console.log = (...words) => void said.push(words);
    try {
      rig = new Rig({ speed: 20 });
      rig.adapter.broken = true;
      await until(() => rig.usable.length > 0 && rig.stacks > 2, "the reason, and other attempts");
    } finally {
      console.log = log;
    }
    assert.deepEqual(rig.usable, ["adapter.unsupported"]);
    assert.deepEqual(said, []);
  });

  it("leaves the program's own signals to the program", async () => {
    rig = new Rig();
    const before = process.listeners("SIGINT");
    rig.device();
    await rig.connect(0);
    assert.deepEqual(process.listeners("SIGINT"), before);
  });

  it("whose software is not installed says so", async () => {
    rig = new Rig();
    const clock = new WallClock();
    const usable: (string | undefined)[] = [];
    const radio = new NobleRadio({
      clock,
      log: silentLog,
      diagnose: () => undefined,
      open: () => Promise.reject(new RadioError("adapter.software")),
    });
    radio.start({ heard() {}, lost() {}, usable: (error) => void usable.push(error?.code) });
    await until(() => usable.length > 0, "the reason");
    assert.deepEqual(usable, ["adapter.software"]);
    radio.stop();
    clock.stop();
  });
});
