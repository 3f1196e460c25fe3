import assert from "node:assert/strict";
import type { AirLink, Tamper } from "../../hosts/simulator/world/radio.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, toMilliseconds } from "../../src/base/units.js";
import { Method } from "../../src/codec/methods.js";
import { ways } from "../../src/database/budgets.js";
import { sessionLifetime } from "../../src/link/record.js";
import type { PneCommand } from "../../src/pne/ports.js";
import { alice, bob, keypad, outcome, TestNetwork } from "../support/network.js";
import { sampled } from "../support/sampled.js";

const enrolAlice = (): PneCommand => ({
  kind: "enrol",
  userID: ascii(alice.userID),
  password: ascii(alice.password),
});

/** Puts a hand in the air of the next connection, then gives the command. */
async function tampered(
  net: TestNetwork,
  command: PneCommand,
  tamper: (link: AirLink) => Tamper,
): Promise<string> {
  const waiting = (): void => {
    const { link } = net.device;
    if (link === undefined) net.clock.after(Milliseconds(1), waiting);
    else link.tamper = tamper(link);
  };
  waiting();
  return outcome(await net.run(command));
}

/** Every error that a person sees has a name of ours; nothing ends in silence. */
function assertNamed(code: string): void {
  assert.match(code, /^(enrolled|joined|[a-z]+[A-Za-z]*(\.[A-Za-z.]+)?)$/);
  assert.notEqual(code, "nothing");
}

describe("an attacker in the air", () => {
  it("cuts the link at every fragment of an enrolment: a named error, and the next attempt works", async () => {
    for (let n = 0; n < 10; n++) {
      const net = await new TestNetwork().start();
      let seen = 0;
      const code = await tampered(net, enrolAlice(), (link) => (fragment) => {
        if (seen++ === n) link.disconnect("cut");
        return [fragment];
      });
      if (code !== "enrolled") assert.equal(code, "linkLost", `fragment ${n}`);
      if (net.device.pne?.view.keys !== "enrolled") assert.equal(outcome(await net.enrol()), "enrolled");
      assert.equal(outcome(await net.join()), "joined", `fragment ${n}`);
    }
  });

  it("cuts the link at every fragment of a PN establishment", async () => {
    for (let n = 0; n < 10; n++) {
      const net = await new TestNetwork().enrolled();
      let seen = 0;
      const code = await tampered(net, { kind: "createPN" }, (link) => (fragment) => {
        if (seen++ === n) link.disconnect("cut");
        return [fragment];
      });
      assertNamed(code);
      assert.equal(outcome(await net.join()), "joined", `fragment ${n}`);
    }
  });

  const hands: Readonly<Record<string, (n: number) => () => Tamper>> = {
    "loses fragment": (n) => () => (fragment, _direction, _index) => (counter(n) ? [] : [fragment]),
    "doubles fragment": (n) => () => (fragment) => (counter(n) ? [fragment, fragment] : [fragment]),
    "truncates fragment": (n) => () => (fragment) => [counter(n) ? fragment.slice(0, -1) : fragment],
  };
  let count = 0;
  const counter = (n: number): boolean => count++ === n;

  for (const [name, hand] of Object.entries(hands)) {
    it(`${name} by fragment: nothing half, and the device works again`, async () => {
      for (let n = 0; n < 10; n++) {
        count = 0;
        const net = await new TestNetwork({ mtu: 100 }).start();
        assertNamed(await tampered(net, enrolAlice(), hand(n)));
        const { keys } = net.device.pne?.view ?? {};
        assert.ok(keys === "empty" || keys === "enrolled" || keys === "staged", `${keys}`);
        if (keys !== "enrolled") assert.equal(outcome(await net.enrol()), "enrolled", `${name} ${n}`);
        assert.equal(outcome(await net.join()), "joined", `${name} ${n}`);
      }
    });
  }

  it("flips each bit of each enrolment message: never another key than the Server's, never a fault", async () => {
    const probe = await new TestNetwork().enrolled();
    for (const [n, fragment] of sampled([...probe.fragments.entries()])) {
      // One bit of every octet; which one changes with its place.
      for (let octet = 0; octet < fragment.octets.length; octet += 3) {
        const net = await new TestNetwork().start();
        let seen = 0;
        const code = await tampered(net, enrolAlice(), () => (original) => {
          if (seen++ !== n) return [original];
          const flipped = original.slice();
          (flipped[octet] as number) ^= 1 << (octet & 7);
          return [flipped];
        });
        assertNamed(code);
        await net.clock.runFor(Milliseconds(30_000));
        if (net.device.pne?.view.keys !== "enrolled") continue;
        const view = net.device.pne.view;
        const entity = await net.network.serverStore.get("entities", view.entityID ?? "");
        assert.equal(hex(entity?.committed?.id ?? new Uint8Array(0)), view.euKeyID, `${n}/${octet}`);
      }
    }
  }).timeout(120_000);

  it("flips a bit in every message of a PN establishment: never joined with a doubt", async () => {
    const probe = await new TestNetwork().enrolled();
    const from = probe.fragments.length;
    await probe.join();
    const traffic = probe.fragments.slice(from);
    for (const [n, fragment] of sampled([...traffic.entries()])) {
      for (let octet = 4; octet < fragment.octets.length; octet += 5) {
        const net = await new TestNetwork().enrolled();
        let seen = 0;
        const code = await tampered(net, { kind: "createPN" }, () => (original) => {
          if (seen++ !== n) return [original];
          const flipped = original.slice();
          (flipped[octet] as number) ^= 0x10;
          return [flipped];
        });
        assertNamed(code);
        assert.notEqual(code, "joined", `message ${n}, octet ${octet} (${hex(fragment.octets)})`);
      }
    }
  }).timeout(120_000);

  it("replays a whole recorded enrolment to the PN GW: the Server gives no key for it", async () => {
    const net = await new TestNetwork().enrolled();
    const recorded = net.fragments.filter((one) => one.direction === "toGateway").map((one) => one.octets);
    const before = net.device.pne?.view.euKeyID;
    let next = 0;
    // The device's own fragments are replaced by the recorded ones, in order.
    await tampered(net, enrolAlice(), () => (fragment, direction) => {
      if (direction === "toPNE") return [fragment];
      return [recorded[next++] ?? fragment];
    });
    const entity = await net.network.serverStore.get("entities", net.device.pne?.view.entityID ?? "");
    assert.equal(hex(entity?.committed?.id ?? new Uint8Array(0)), before);
  });

  it("replays a record on a protected link: the link ends, the device can join again", async () => {
    const net = await new TestNetwork().joined();
    const { link } = net.device;
    assert.ok(link);
    link.tamper = (fragment, direction) => (direction === "toGateway" ? [fragment, fragment] : [fragment]);
    await net.run({ kind: "sendToServer", text: "twice" });
    await net.clock.runFor(Milliseconds(5_000));
    assert.ok(net.log.some((line) => /record\.replay|link\.order|protocol/.test(line)));
    assert.equal(outcome(await net.join()), "joined");
  });
});

describe("a false gateway that claims the true identity", () => {
  it("gets no key into a device that enrols, and the person is told", async () => {
    const net = await new TestNetwork().start();
    net.network.setRogue(true);
    // It cannot tell a false Server from a wrong password: neither knows the password.
    assert.equal(outcome(await net.enrol()), "result.refused");
    assert.equal(net.device.pne?.view.keys, "empty");
    net.network.setRogue(false);
    assert.equal(outcome(await net.enrol()), "enrolled");
  });

  it("cannot make an enrolled device join, nor lose its key (PNI-06c, PNI-14b)", async () => {
    const net = await new TestNetwork().enrolled();
    const key = net.device.pne?.view.euKeyID;
    net.network.setRogue(true);
    assert.equal(outcome(await net.join()), "pn.notTrusted");
    assert.equal(net.device.pne?.view.euKeyID, key);
    net.network.setRogue(false);
    assert.equal(outcome(await net.join()), "joined");
  });
});

describe("guessing passwords", () => {
  it("five times: delays on the device after three, kept over a restart, and then it still works", async () => {
    const net = await new TestNetwork().start();
    const wrong = { userID: "alice", password: "guess" };
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      let notice = await net.enrol(wrong);
      while (outcome(notice) === "throttled") {
        const wait = notice?.kind === "failed" ? (notice.wait ?? 0) : 0;
        await net.clock.runFor(Milliseconds(wait * 1000));
        notice = await net.enrol(wrong);
      }
      assert.equal(outcome(notice), "result.refused");
      waits.push(notice?.kind === "failed" ? notice.wait : undefined);
    }
    assert.deepEqual(waits, [undefined, undefined, 5, 10, 20]);
    net.device.powerOff();
    net.device.powerOn();
    assert.equal(outcome(await net.enrol()), "throttled");
    await net.clock.runFor(Milliseconds(60_000));
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(net.device.pne?.view.failures, 0);
  });

  for (const method of [Method.spake2plus, Method.scram]) {
    const devices = [{ ...keypad, methods: [method] }];
    it(`gives the same octets for unknown user, wrong password and throttled, method ${method} (EUK-UI-17, C-11)`, async () => {
      const [times, sizes] = [new Set<string>(), new Set<string>()];
      const attempt = async (net: TestNetwork, userID: string): Promise<number> => {
        const [from, start] = [net.fragments.length, net.clock.now()];
        const notice = await net.enrol({ userID, password: "x" });
        assert.equal(outcome(notice), "result.refused");
        const seen = net.fragments.slice(from);
        // The PN GW authenticates at its first request only.
        if (from === 0) times.add(seen.map((one) => one.at - start).join());
        sizes.add(seen.map((one) => `${one.direction} ${one.octets.length}`).join());
        return notice?.kind === "failed" ? (notice.wait ?? 0) : 0;
      };
      for (const userID of ["alicf", "alice"])
        await attempt(await new TestNetwork({ devices }).start(), userID);
      const net = await new TestNetwork({ devices }).start();
      for (let i = 0; i < 6; i++) {
        // Only the device waits as it should; the Server's own delay runs longer in the end.
        await net.clock.runFor(Milliseconds((await attempt(net, "alice")) * 1000));
      }
      assert.equal(times.size, 1);
      assert.equal(sizes.size, 1);
      assert.match([...sizes].join(), /toPNE 85$/);
    });
  }

  it("is refused by the Server once the User's budget is empty, the right password too, and nobody else's (EUK-UI-17)", async () => {
    const devices = ["a", "b"].map((id) => ({ ...keypad, id }));
    const net = await new TestNetwork({ devices }).start();
    const user = net.network.serverStore.get("users", hex(ascii("alice")));
    const name = `${hex(user?.identity ?? new Uint8Array())}/foreign`;
    const spent = ways.foreign.burst * ways.foreign.refill;
    const at = net.clock.now();
    await net.network.serverStore.transaction((tables) =>
      tables.budgets.put(name, { spent, at, endsAt: Milliseconds(at + spent) }),
    );
    assert.equal(outcome(await net.enrol(alice)), "result.refused");
    assert.equal(outcome(await net.enrol(bob, net.network.device("b"))), "enrolled");
    await net.clock.runFor(ways.foreign.refill);
    assert.equal(outcome(await net.enrol(alice)), "enrolled");
  });

  it("keeps the Server's count over a restart: it is in the database before anything is verified", async () => {
    const net = await new TestNetwork().start();
    await net.enrol({ userID: "alice", password: "x" });
    const user = net.network.serverStore.get("users", hex(ascii("alice")));
    const name = `${hex(user?.identity ?? new Uint8Array())}/foreign`;
    assert.equal(net.network.serverStore.get("budgets", name)?.spent, ways.foreign.refill);
  });
});

describe("what can go wrong around a device", () => {
  it("no gateway in range, and later there is one", async () => {
    const net = await new TestNetwork().start();
    net.network.setRange(net.device, false);
    assert.equal(outcome(await net.enrol()), "gatewayNotFound");
    net.network.setRange(net.device, true);
    assert.equal(outcome(await net.enrol()), "enrolled");
  });

  it("Server unreachable, and later reachable", async () => {
    const net = await new TestNetwork().start();
    net.network.backhaul.unreachable = true;
    assert.equal(outcome(await net.enrol()), "result.serverUnreachable");
    net.network.backhaul.unreachable = false;
    assert.equal(outcome(await net.enrol()), "enrolled");
  });

  it("bad credentials never leave the device", async () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ["", "x", "credential.userID.empty"],
      ["u".repeat(33), "x", "credential.userID.tooLong"],
      [" u", "x", "credential.userID.characters"],
      ["u\u007f", "x", "credential.userID.characters"],
      ["u", "", "credential.password.empty"],
      ["u", "p".repeat(65), "credential.password.tooLong"],
      ["u", "p\u0007", "credential.password.characters"],
    ];
    const net = await new TestNetwork().start();
    const octets = (value: string): Uint8Array => Uint8Array.from(value, (letter) => letter.charCodeAt(0));
    for (const [userID, password, code] of cases) {
      const typed = octets(password);
      const notice = await net.run({ kind: "enrol", userID: octets(userID), password: typed });
      assert.equal(outcome(notice), code);
      assert.ok(
        typed.every((octet) => octet === 0),
        "the password is wiped",
      );
    }
    assert.equal(net.fragments.length, 0);
    assert.equal(net.device.pne?.view.failures, 0);
  });

  it("two devices with one Entity ID: another User's is refused, and its owner's keeps working (C-12)", async () => {
    const entityID = ascii("SAME-ENTITY-ID-1");
    const devices = ["a", "b"].map((id) => ({ id, keypad: "matrix" as const, secure: false, entityID }));
    const net = await new TestNetwork({ devices }).start();
    const [a, b] = net.network.devices;
    assert.ok(a && b);
    assert.equal(outcome(await net.enrol(alice, a)), "enrolled");
    assert.equal(outcome(await net.enrol(bob, b)), "result.duplicateEntity");
    assert.equal(b.pne?.view.keys, "empty");
    assert.equal(outcome(await net.join(a)), "joined");
  });

  it("an expired session: nothing more is taken or said under its keys, and another one is made (GWA-01, GWA-02)", async () => {
    const net = await new TestNetwork().joined();
    const before = net.device.pne?.view.pn?.id;
    // Nothing can be renewed without the Server.
    net.network.backhaul.unreachable = true;
    await net.clock.runFor(Milliseconds(toMilliseconds(sessionLifetime) + 40_000));
    const from = net.fragments.length;
    assert.equal(outcome(await net.run({ kind: "sendToServer", text: "late" })), "result.serverUnreachable");
    const said = net.fragments.slice(from).filter(({ direction }) => direction === "toGateway");
    assert.ok(said.length > 0);
    // RekeyRequests in records of the link; the message would be shorter.
    assert.deepEqual(new Set(said.map(({ octets }) => octets.length > 110)), new Set([true]));
    net.network.backhaul.unreachable = false;
    await net.clock.runFor(Milliseconds(40_000));
    assert.equal(net.device.pne?.view.pn?.id, before);
    assert.equal(outcome(await net.run({ kind: "sendToServer", text: "again" })), "message");
  });

  it("a full store: a named error, and the old key stands", async () => {
    const full = { id: "keypad", keypad: "matrix" as const, secure: false, flashCapacity: 60 };
    const net = await new TestNetwork({ devices: [full] }).start();
    assert.equal(outcome(await net.enrol()), "store.full");
    assert.equal(net.device.powered, true);
  });

  it("a key that the Server no longer knows: told, not looped", async () => {
    const net = await new TestNetwork().enrolled();
    const id = net.device.pne?.view.entityID ?? "";
    await net.network.serverStore.transaction(async (tables) => tables.entities.delete(id));
    assert.equal(outcome(await net.join()), "pn.notTrusted");
    assert.equal(net.device.pne?.view.keys, "enrolled");
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("cancelled at any moment: home again, nothing kept", async () => {
    for (const after of [0, 100, 150, 400, 700, 900]) {
      const net = await new TestNetwork().start();
      net.device.command(enrolAlice());
      await net.clock.runFor(Milliseconds(after));
      net.device.command({ kind: "cancel" });
      await net.clock.runFor(Milliseconds(5_000));
      assert.equal(net.device.pne?.view.failures, 0, `${after} ms`);
      assert.equal(outcome(await net.enrol()), "enrolled", `${after} ms`);
    }
  });

  it("no secret is ever logged", async () => {
    const secrets: string[] = [];
    const keylog = (line: { readonly ikm: string; readonly secret: string }): void => {
      secrets.push(line.ikm, line.secret.slice(0, 64));
    };
    const net = await new TestNetwork({ keylog }).joined();
    await net.run({ kind: "sendToServer", text: "x" });
    const said = net.log.join() + JSON.stringify(net.notices);
    assert.ok(secrets.length > 20);
    for (const secret of secrets) assert.ok(!said.includes(secret));
    assert.ok(!said.includes("wonderland"));
  });
});
