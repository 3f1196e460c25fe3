import assert from "node:assert/strict";
import { ReconnectorRig } from "./testRadio.js";

describe("a PN GW among very many devices", () => {
  it("keeps no more than 1 000 devices in mind, whoever advertises under ever new addresses", () => {
    const rig = new ReconnectorRig(1);
    for (let i = 0; i < 1_500; i++) rig.hears(`stranger ${i}`);
    assert.equal(rig.reconnector.peers.length, 1_000);
    for (let i = 0; i < 1_500; i++) rig.loses(`stranger ${i}`);
    rig.hears("a");
    assert.deepEqual(
      rig.reconnector.peers.map(({ peer }) => peer),
      ["a"],
    );
  });

  it("reconnects 66 idle devices on 64 links less than once in five seconds", () => {
    const rig = new ReconnectorRig(64);
    const names = Array.from({ length: 66 }, (_, i) => `device ${i}`);
    for (const name of names) {
      rig.hears(name);
      rig.radio.up(name);
      rig.says(name);
    }
    const served = new Map(names.map((name) => [name, 0]));
    const begun = rig.radio.attempted.length;
    for (let second = 0; second < 3_600; second++) {
      for (const name of rig.radio.released.splice(0)) {
        rig.radio.down(name);
        rig.hears(name);
      }
      for (const name of [...rig.radio.attempts.keys()]) {
        rig.radio.up(name);
        rig.says(name);
        served.set(name, (served.get(name) ?? 0) + 1);
      }
      rig.pass(1_000);
    }
    assert.ok(rig.radio.attempted.length - begun <= 720, `${rig.radio.attempted.length - begun}`);
    const counts = [...served.values()];
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, "everybody has had as many turns");
  });
});
