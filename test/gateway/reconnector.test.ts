import assert from "node:assert/strict";
import { RadioError } from "../../src/gateway/radio.js";
import { AdvertisedState } from "../../src/link/service.js";
import { ReconnectorRig } from "./testRadio.js";

const { needsEnrolment, freeToJoin, joined, wanting } = AdvertisedState;

describe("whom a PN GW connects to", () => {
  it("connects to everybody who advertises, once, and hands on what they say", () => {
    const rig = new ReconnectorRig();
    rig.hears("a");
    rig.hears("a", needsEnrolment);
    rig.hears("b");
    assert.deepEqual(rig.radio.attempted, ["a", "b"]);
    rig.radio.up("a");
    rig.says("a");
    assert.equal(rig.served.get("a")?.fragments.length, 1);
    rig.served.get("a")?.connection.write(Uint8Array.of(9), () => {});
    assert.equal(rig.radio.written.length, 1);
    assert.deepEqual(
      rig.reconnector.peers.map(({ peer, state }) => [peer, state]),
      [
        ["a", "linked"],
        ["b", "connecting"],
      ],
    );
  });

  it("connects again at once to a device that has spoken and comes back", () => {
    const rig = new ReconnectorRig();
    rig.link("a");
    rig.radio.down("a");
    assert.equal(rig.served.get("a")?.closings, 1);
    assert.deepEqual(rig.reconnector.peers, []);
    rig.hears("a", joined);
    assert.deepEqual(rig.radio.attempted, ["a", "a"]);
  });

  it("waits twice as long after each failure, up to a minute, and never much less or more", () => {
    const rig = new ReconnectorRig();
    rig.hears("a");
    for (const pause of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const before = rig.radio.attempted.length;
      rig.radio.fail("a");
      rig.pass(pause * 0.74);
      assert.equal(rig.radio.attempted.length, before, `too early after ${pause} ms`);
      rig.pass(pause * 0.52);
      assert.equal(rig.radio.attempted.length, before + 1, `too late after ${pause} ms`);
    }
    assert.equal(rig.reconnector.peers[0]?.failures, 9);
  });

  it("waits for a minute at most, by no millisecond more, when chance adds nothing and takes nothing", () => {
    const rig = new ReconnectorRig(undefined, { fill: (into) => into.fill(128) });
    rig.hears("a");
    for (const pause of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const before = rig.radio.attempted.length;
      rig.radio.fail("a");
      rig.pass(pause - 1);
      assert.equal(rig.radio.attempted.length, before, `too early after ${pause} ms`);
      rig.pass(1);
      assert.equal(rig.radio.attempted.length, before + 1, `too late after ${pause} ms`);
    }
  });

  it("remembers failures of a device that comes and goes, and forgets them when their time is up", () => {
    const rig = new ReconnectorRig();
    for (let i = 0; i < 5; i++) {
      rig.hears("a");
      rig.radio.fail("a", new RadioError("radio.timeout"));
      rig.loses("a");
      rig.hears("a");
      assert.equal(rig.radio.attempted.length, i + 1);
      rig.pass(60_000);
      if (i < 4) rig.radio.fail("a");
      rig.loses("a");
      rig.pass(80_000);
      rig.radio.attempted.length = i + 1;
    }
    rig.hears("b");
    assert.deepEqual(
      rig.reconnector.peers.map(({ peer }) => peer),
      ["b"],
    );
  });

  it("treats a device that takes connections and says nothing as one that takes none", () => {
    const rig = new ReconnectorRig();
    rig.hears("a");
    rig.radio.up("a");
    rig.radio.down("a");
    rig.hears("a");
    assert.equal(rig.radio.attempted.length, 1);
    rig.pass(1_000);
    assert.equal(rig.radio.attempted.length, 2);
  });

  it("lets a connection go that the PN GW does not take", () => {
    const rig = new ReconnectorRig();
    rig.refuses = true;
    rig.hears("a");
    rig.radio.up("a");
    assert.deepEqual(rig.radio.released, ["a"]);
  });

  it("calls off the attempt at a device that has gone, and holds nothing against it", () => {
    const rig = new ReconnectorRig();
    rig.hears("a");
    rig.loses("a");
    assert.equal(rig.radio.attempts.size, 0);
    assert.deepEqual(rig.reconnector.peers, []);
    rig.hears("a");
    assert.equal(rig.radio.attempted.length, 2);
  });

  it("tries nothing while the radio cannot be used, and says why", () => {
    const rig = new ReconnectorRig();
    rig.radio.listener?.usable(new RadioError("adapter.missing"));
    assert.equal(rig.reconnector.error?.code, "adapter.missing");
    rig.hears("a");
    assert.deepEqual(rig.radio.attempted, []);
    rig.radio.listener?.usable();
    assert.equal(rig.reconnector.error, undefined);
    assert.deepEqual(rig.radio.attempted, ["a"]);
  });

  it("ends every link when it is stopped, and begins nothing more", () => {
    const rig = new ReconnectorRig(1);
    rig.link("a");
    rig.hears("b");
    rig.reconnector.stop();
    assert.equal(rig.radio.stopped, true);
    assert.equal(rig.served.get("a")?.closings, 1);
    rig.hears("c");
    rig.pass(600_000);
    assert.deepEqual(rig.radio.attempted, ["a"]);
    assert.equal(rig.clock.armed, 0);
  });
});

describe("more devices than links", () => {
  it("serves those first who need something, then who has waited longest", () => {
    const rig = new ReconnectorRig(1);
    rig.link("a");
    for (const [peer, state] of [
      ["b", needsEnrolment],
      ["c", freeToJoin],
      ["d", wanting],
      ["e", joined],
    ] as const) {
      rig.hears(peer, state);
      rig.pass(10);
    }
    for (const next of ["d", "e", "b", "c"]) {
      rig.radio.down([...rig.radio.links.keys()][0] as string);
      assert.equal(rig.radio.attempted.at(-1), next);
      rig.radio.up(next);
      rig.says(next);
    }
  });

  it("lets the one go that has been idle for longest, after a turn, and serves the others by and by", () => {
    const rig = new ReconnectorRig(2);
    rig.link("a");
    rig.pass(1_000);
    rig.link("b");
    rig.hears("c");
    rig.pass(59_999);
    assert.deepEqual(rig.radio.released, []);
    rig.pass(1);
    assert.deepEqual(rig.radio.released, ["a"]);
    // It takes its time, and one is enough.
    rig.pass(5_000);
    assert.deepEqual(rig.radio.released, ["a"]);
    rig.radio.down("a");
    rig.hears("a");
    assert.deepEqual(rig.radio.attempted, ["a", "b", "c"]);
    rig.radio.up("c");
    rig.says("c");
    rig.pass(59_999);
    assert.deepEqual(rig.radio.released, ["a"]);
    rig.pass(1);
    assert.deepEqual(rig.radio.released, ["a", "b"]);
  });

  it("makes room sooner for one that needs something", () => {
    const rig = new ReconnectorRig(1);
    rig.link("a");
    rig.hears("b", wanting);
    rig.pass(4_999);
    assert.deepEqual(rig.radio.released, []);
    rig.pass(1);
    assert.deepEqual(rig.radio.released, ["a"]);
  });

  it("never lets one go that has a procedure under way, or only a pause between two messages (PNI-02)", () => {
    const rig = new ReconnectorRig(2);
    rig.link("a");
    rig.link("b");
    for (let i = 0; i < 5; i++) rig.hears(`waiting ${i}`, wanting);
    const [a, b] = [rig.served.get("a"), rig.served.get("b")];
    assert.ok(a && b);
    a.idle = false;
    for (let i = 0; i < 60; i++) {
      rig.pass(4_900);
      if (i % 2 === 0) rig.says("b");
      else b.connection.write(Uint8Array.of(1), () => {});
    }
    assert.deepEqual(rig.radio.released, []);
    a.idle = true;
    rig.pass(5_000);
    assert.deepEqual(rig.radio.released, ["a", "b"]);
  });

  it("takes the radio's word for how many links there are, even when it takes it back", () => {
    const rig = new ReconnectorRig(3);
    rig.link("a");
    rig.link("b");
    rig.hears("c");
    rig.radio.maximumLinks = 2;
    rig.radio.fail("c", new RadioError("radio.full"));
    rig.pass(9_000);
    assert.deepEqual(rig.radio.attempted, ["a", "b", "c"]);
    rig.pass(1_000);
    rig.radio.down("a");
    assert.deepEqual(rig.radio.attempted, ["a", "b", "c", "c"]);
  });
});
