import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { words, wordsOf } from "../../hosts/gateway/words.js";
import { makeImage } from "../../hosts/simulator/network/images.js";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { maximumValue } from "../../hosts/simulator/world/flash.js";
import type { ErrorCode } from "../../src/base/errorCodes.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { GatewayCommand } from "../../src/gateway/ports.js";
import type { UpdateImage } from "../../src/gateway/updates.js";
import { letIn } from "../../src/protocols/account/guests.js";
import { damagedPause } from "../../src/protocols/update/kinds.js";
import { ended } from "../support/ended.js";
import { Family } from "../support/family.js";
import { alice, bob, outcome, type TestNetwork, type TestOptions } from "../support/network.js";
import { secureSensor, sensor, sensorID, temporaryKey } from "../support/noUI.js";
import { lampTopic, Probe } from "../support/probe.js";
import { faceless, type UpdateBench, updating } from "../support/updating.js";

/**
 * What a text tells a person at the gateway to do, done: the fault is brought about and seen, then what the text says is
 * done, and the fault is gone. `by`: a test elsewhere does that. `nobody`: no person can do more than the text says.
 */
type Advice =
  | (() => Promise<void>)
  | { readonly by: string; readonly title: string }
  | { readonly nobody: string };

const specs = ["kitchen", "hall"].map((id) => Family.spec(id));
const owners = "operator's own password";

const ready = (options: TestOptions = {}): Promise<Family> =>
  new Family(specs, { poll: true, ...options }).ready();

async function together(options: TestOptions = {}): Promise<Family> {
  const net = await ready(options);
  await net.together("kitchen", ["hall"]);
  return net;
}

/** Devices without UI, connected. */
async function withoutUI(...devices: readonly DeviceSpec[]): Promise<Family> {
  const net = await new Family(devices, { poll: true }).start();
  await net.pass(5);
  return net;
}

/** "done", or the code that the person reads the words of. */
async function asks(net: TestNetwork, command: GatewayCommand): Promise<string> {
  let told: string | undefined;
  net.network.gateway.command(command, (made) => {
    told = ended(made);
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(200_000));
  return told ?? "nothing";
}

/** It fails with this code; that is done, and the same goes well. */
async function mends(code: ErrorCode, again: () => Promise<string>, how: () => unknown): Promise<void> {
  assert.equal(await again(), code, "the fault");
  await how();
  assert.equal(await again(), "done", "what the words say was done");
}

const pnOf = (net: Family): string => net.network.gateway.view.pns[0]?.id ?? "";
const greets = (net: Family, id: string) => (): Promise<string> =>
  asks(net, { kind: "send", pn: pnOf(net), to: net.id(id), payload: ascii("Hello") });
const enrols = (net: TestNetwork, password = owners) =>
  asks(net, { kind: "enrol", userID: ascii("operator"), password: ascii(password) });
const connects = (net: TestNetwork): Promise<string> => asks(net, { kind: "connect" });
const registers = (net: TestNetwork, password: string, userID = "carol") =>
  asks(net, { kind: "register", userID: ascii(userID), password: ascii(password) });

/** The PN GW invites all, who say yes. */
async function invites(net: Family): Promise<string> {
  net.onNotice = ({ id }, { kind }) => {
    if (kind === "invited")
      net.clock.after(Milliseconds(500), () => net.command(id, { kind: "acceptInvitation" }));
  };
  return asks(net, { kind: "createPN", who: "all" });
}

/** A person at the PN GW enrols the device without UI, with the password of `user`. */
async function enrolsDevice(
  net: TestNetwork,
  user: { readonly userID: string; readonly password: string } = alice,
  how?: "credentials" | "temporaryKey",
): Promise<string> {
  const { userID, password } = user;
  const credentials = { userID: ascii(userID), password: ascii(password) };
  const made = await asks(net, {
    kind: "enrolDevice",
    device: hex(sensorID),
    ...credentials,
    ...(how && { how }),
  });
  await net.clock.runFor(Milliseconds(10_000));
  return made;
}

/** Its button, held for ten seconds. */
async function resets(net: Family): Promise<void> {
  net.device.command({ kind: "factoryReset" });
  await net.pass(15);
}

/** It is wrong to begin with, and right when it is typed as the words say. */
const credential =
  (userID: string, password: string): Advice =>
  async () => {
    const net = await new Family(specs, { poll: true }).start();
    const failed = await asks(net, { kind: "enrol", userID: ascii(userID), password: ascii(password) });
    assert.match(failed, /^credential\./);
    assert.equal(await enrols(net), "done");
  };

/** What comes from the Server is altered on its way; nothing that is kept changes by it. */
async function altered(
  again: (net: TestNetwork) => Promise<string>,
  code: ErrorCode,
  which: number,
): Promise<void> {
  const net = await new Family(specs).start();
  const before = net.network.gateway.keys.committed?.id;
  let answers = 0;
  net.network.backhaul.tamper = (octets, direction) => {
    if (direction === "toServer" || ++answers !== which) return octets;
    const other = octets.slice();
    other[other.length - 1] = (other[other.length - 1] as number) ^ 1;
    return other;
  };
  assert.equal(await again(net), code);
  assert.deepEqual(net.network.gateway.keys.committed?.id, before);
  net.network.backhaul.tamper = undefined;
  assert.equal(await again(net), "done");
}

const good = (): UpdateImage => makeImage({ version: "0.2.0" }, 5_000);

/** The device does not take this image, and takes that one. */
const image =
  (code: ErrorCode, bad: () => UpdateImage, prepare?: (bench: UpdateBench) => Promise<void>): Advice =>
  async () => {
    const bench = await updating({ devices: [faceless] });
    await prepare?.(bench);
    bench.order(bad());
    assert.equal((await bench.until("refused")).code, code);
    bench.order(makeImage({ version: "0.3.0", counter: 7 }, 5_000));
    await bench.until("done");
  };

const advice: Readonly<Record<keyof typeof words, Advice>> = {
  "result.refused": async () => {
    const net = await new Family(specs, { poll: true }).start();
    assert.equal(await enrols(net, "not the right one"), "result.refused");
    assert.equal(await enrols(net), "done", "both were checked");
    for (let i = 0; i < 25; i++) await enrols(net, "not the right one");
    await mends(
      "result.refused",
      () => enrols(net),
      () => net.pass(1_800),
    );
  },
  "result.busy": async () => {
    const net = await together();
    const first = { kind: "send", pn: pnOf(net), to: net.id("hall"), payload: ascii("Hello") } as const;
    net.network.gateway.command(first);
    assert.equal(await greets(net, "hall")(), "result.busy");
    await net.pass(3);
    assert.equal(await greets(net, "hall")(), "done");
  },
  // Also while a session stands (C-36).
  "result.serverUnreachable": async () => {
    const net = await ready();
    net.network.backhaul.unreachable = true;
    await net.pass(60);
    await mends(
      "result.serverUnreachable",
      () => connects(net),
      async () => {
        net.network.backhaul.unreachable = false;
        await net.pass(10);
      },
    );
  },
  "result.declined": async () => {
    const net = await ready();
    for (const { id } of specs) net.of(id).powerOff();
    await net.pass(5);
    await mends(
      "result.declined",
      () => invites(net),
      async () => {
        for (const { id } of specs) net.of(id).powerOn();
        await net.pass(10);
      },
    );
  },
  "result.serverClock": {
    by: "attacks/serverClock.node.test.ts",
    title: "assigns no key before 2020 nor from 2100 on, and says so; in 2038 it does",
  },
  "store.full": async () => {
    const net = await new Family(specs).start();
    const { gatewayFlash: disk } = net.network;
    const filled: string[] = [];
    for (let n = 0; disk.capacity - disk.used > 150; n++) {
      const name = `rest${n}`;
      disk.write(name, new Uint8Array(Math.min(maximumValue, disk.capacity - disk.used - 120)));
      filled.push(name);
    }
    const before = net.network.gateway.keys.committed?.id;
    assert.equal(await enrols(net), "store.full");
    assert.deepEqual(net.network.gateway.keys.committed?.id, before, "nothing was changed");
    for (const name of filled) disk.delete(name);
    assert.equal(await enrols(net), "done");
  },
  "result.noRoute": async () => {
    const net = await together();
    net.network.setRange(net.of("hall"), false);
    await net.pass(5);
    await mends("result.noRoute", greets(net, "hall"), async () => {
      net.network.setRange(net.of("hall"), true);
      await net.pass(10);
    });
  },
  "result.notAuthorized": async () => {
    const net = await ready({ policy: "ownership" });
    await mends(
      "result.notAuthorized",
      () => invites(net),
      async () => {
        await net.network.serverStore.transaction(async (tables) => {
          const owner = (await tables.users.get(hex(ascii("operator")))) ?? assert.fail();
          await letIn(net.network, tables, owner, { guests: [ascii(alice.userID)], everybody: false });
        });
        await net.pass(10);
      },
    );
  },
  "auth.noKey": async () => {
    const net = await new Family(specs).start();
    for (const name of net.network.gatewayFlash.names()) net.network.gatewayFlash.delete(name);
    net.network.restartGateway();
    await mends(
      "auth.noKey",
      () => connects(net),
      () => enrols(net),
    );
  },
  "auth.notTrusted": () => altered(connects, "auth.notTrusted", 2),
  "enrol.notTrusted": () => altered(enrols, "enrol.notTrusted", 2),
  "result.protocol": { nobody: "who runs both" },
  "result.unknown": { nobody: "who runs both" },
  "device.notThere": async () => {
    const net = await together();
    const device = net.id("hall");
    net.of("hall").powerOff();
    await net.pass(5);
    await mends(
      "device.notThere",
      () => asks(net, { kind: "queryDevice", device }),
      async () => {
        net.of("hall").powerOn();
        await net.pass(10);
      },
    );
  },
  "device.busy": async () => {
    const net = await withoutUI({ ...secureSensor, allowReenrolment: true });
    net.network.gateway.command({ kind: "queryDevice", device: hex(sensorID) });
    await mends(
      "device.busy",
      () => enrolsDevice(net),
      () => net.pass(2),
    );
    assert.equal(outcome(await net.join()), "joined");
    await mends(
      "device.busy",
      () => enrolsDevice(net),
      async () => {
        const member = hex(sensorID);
        assert.equal(await asks(net, { kind: "removeMember", pn: pnOf(net), member }), "done");
        await net.pass(15);
      },
    );
  },
  "device.hasUI": async () => {
    const net = await new Family(specs, { poll: true }).start();
    await net.pass(5);
    const device = net.network.gateway.view.devices[0]?.id ?? "";
    const credentials = { userID: ascii(bob.userID), password: ascii(bob.password) };
    assert.equal(await asks(net, { kind: "enrolDevice", device, ...credentials }), "device.hasUI");
    assert.equal(outcome(await net.enrol(bob, net.of("kitchen"))), "enrolled");
  },
  "device.twice": async () => {
    const net = await withoutUI(secureSensor, { ...secureSensor, id: "other" });
    await mends(
      "device.twice",
      () => enrolsDevice(net),
      async () => {
        net.of("other").powerOff();
        await net.pass(5);
      },
    );
  },
  "device.panNotSecure": async () => {
    const net = await withoutUI(sensor);
    assert.equal(await enrolsDevice(net, alice, "credentials"), "device.panNotSecure");
    assert.equal(await enrolsDevice(net, alice, "temporaryKey"), "done");
  },
  "device.refused": async () => {
    const net = await withoutUI(secureSensor);
    assert.equal(await enrolsDevice(net), "done");
    await mends(
      "device.refused",
      () => enrolsDevice(net),
      () => resets(net),
    );
    // Its factory has not told the Server of it.
    const unknown = new Family([sensor], { poll: true, imports: [] });
    await unknown.start();
    await unknown.pass(5);
    await mends(
      "device.refused",
      () => enrolsDevice(unknown),
      () => unknown.network.server.importDevices([{ entityID: sensorID, temporaryKey }]),
    );
  },
  "pn.refused": async () => {
    const one = await new Family([Family.spec("kitchen")], { poll: true }).ready();
    const { flash } = one.device.options;
    const older = flash.snapshot();
    assert.equal(outcome(await one.enrol()), "enrolled");
    one.device.powerOff();
    flash.restore(older);
    one.device.powerOn();
    await one.pass(10);
    await mends(
      "pn.refused",
      () => invites(one),
      async () => {
        assert.equal(outcome(await one.enrol()), "enrolled");
        await one.pass(10);
      },
    );
  },
  "pn.unknown": async () => {
    const net = await together();
    const say = (pn: string): Promise<string> =>
      asks(net, { kind: "send", pn, to: net.id("hall"), payload: ascii("Hello") });
    assert.equal(await say("00".repeat(16)), "pn.unknown");
    assert.equal(await say(pnOf(net)), "done");
  },
  "pn.notMember": async () => {
    const net = await new Family([...specs, Family.spec("cellar")], { poll: true }).ready();
    await net.together("kitchen", ["hall"], ["cellar"]);
    assert.equal(await greets(net, "cellar")(), "pn.notMember");
    const [pn] = net.network.gateway.view.pns;
    const to = pn?.members[1]?.id ?? "";
    assert.equal(await asks(net, { kind: "send", pn: pnOf(net), to, payload: ascii("Hello") }), "done");
  },
  "gba.noUicc": { nobody: "who puts one in" },
  "gba.decides": {
    by: "protocols/gba/assignment.node.test.ts",
    title: "goes with the UICC: a person who takes that out gives User ID and password anew",
  },
  linkLost: async () => {
    const cut = await withoutUI(sensor);
    let fragments = 0;
    cut.onFragment = (device) => {
      if (++fragments === 2) cut.network.dropLink(device);
    };
    await mends(
      "linkLost",
      () => enrolsDevice(cut),
      () => cut.pass(5),
    );
    const net = await withoutUI(secureSensor);
    assert.equal(await enrolsDevice(net), "done");
    await resets(net);
    await mends(
      "linkLost",
      () => enrolsDevice(net, bob),
      async () => {
        await net.network.server.releaseDevice(sensorID);
        await net.pass(15);
      },
    );
  },
  "result.duplicateEntity": async () => {
    const net = await withoutUI(sensor);
    assert.equal(await enrolsDevice(net), "done");
    await resets(net);
    await mends(
      "result.duplicateEntity",
      () => enrolsDevice(net, bob),
      async () => {
        await net.network.server.releaseDevice(sensorID);
        await net.pass(15);
      },
    );
  },
  "result.tooManyDevices": async () => {
    const net = await new Family([{ ...sensor, id: "kitchen" }, Family.spec("hall")], { poll: true }).start();
    assert.equal(outcome(await net.enrol(alice, net.of("hall"))), "enrolled");
    await net.pass(5);
    const { serverStore } = net.network;
    const [, own] = serverStore.rows().entities.find(([, { role }]) => role === "pne") ?? assert.fail();
    await serverStore.transaction(async ({ entities }) => {
      for (let n = 0; n < 255; n++) await entities.put(hex(ascii(`other-${n}`)), own);
    });
    await mends(
      "result.tooManyDevices",
      () => enrolsDevice(net),
      async () => {
        await net.network.server.releaseDevice(ascii("other-7"));
        await net.pass(5);
      },
    );
  },
  "result.full": async () => {
    const net = await new Family([...specs, Family.spec("cellar")], { poll: true }).ready();
    await net.together("kitchen", ["hall"], ["cellar"]);
    const { serverStore } = net.network;
    const [row] = serverStore.all("pns");
    const [name, pn] = row ?? assert.fail();
    await serverStore.transaction(async ({ pns }) => {
      for (let n = 0; n < 511; n++) await pns.put(`${name}${n}`, pn);
    });
    await mends(
      "result.full",
      () => invites(net),
      async () => {
        assert.equal(await asks(net, { kind: "dissolvePN", pn: pnOf(net) }), "done");
        await net.pass(10);
      },
    );
  },
  "result.sessionExpired": { nobody: "the gateway authenticates anew by itself" },
  // Its key was removed at the Server.
  "result.gatewayNotEnrolled": async () => {
    const net = await ready();
    await net.network.server.releaseDevice(net.network.gatewayID);
    assert.equal(await connects(net), "result.gatewayNotEnrolled");
    await mends(
      "result.gatewayNotEnrolled",
      () => invites(net),
      async () => {
        assert.equal(await enrols(net), "done");
        await net.pass(10);
      },
    );
  },
  "result.noMethod": { nobody: "no Server of this project refuses both methods" },
  "result.notListed": { nobody: "what the device is for" },
  "topic.unknown": async () => {
    const specs = [Family.spec("kitchen", { application: () => new Probe(lampTopic) })];
    const net = await new Family(specs, { poll: true }).ready();
    assert.equal(outcome(await net.join()), "joined");
    const say = (topic: string): Promise<string> =>
      asks(net, { kind: "sendTopic", pn: pnOf(net), to: net.id("kitchen"), topic, value: true });
    assert.equal(await say("heater"), "topic.unknown");
    assert.equal(await say(net.network.gateway.view.pns[0]?.members[0]?.topics[0]?.name ?? ""), "done");
  },
  "topic.kind": async () => {
    const specs = [Family.spec("kitchen", { application: () => new Probe(lampTopic) })];
    const net = await new Family(specs, { poll: true }).ready();
    assert.equal(outcome(await net.join()), "joined");
    const say = (value: number | boolean): Promise<string> =>
      asks(net, { kind: "sendTopic", pn: pnOf(net), to: net.id("kitchen"), topic: "lamp", value });
    assert.equal(await say(7), "topic.kind");
    assert.equal(await say(true), "done");
  },
  timeout: async () => {
    const net = await withoutUI(sensor);
    net.hand = (fragment, direction) => (direction === "toPNE" ? [] : [fragment]);
    await mends(
      "timeout",
      () => asks(net, { kind: "queryDevice", device: hex(sensorID) }),
      async () => {
        net.hand = undefined;
        net.network.dropLink(net.device);
        await net.pass(10);
      },
    );
  },
  "update.form": async () => {
    const bench = await updating({ devices: [faceless] });
    const odd = { ...good(), header: new Uint8Array(200) };
    const order = (made: UpdateImage) => asks(bench.net, { kind: "update", device: bench.id, image: made });
    assert.equal(await order(odd), "update.form");
    assert.equal(await order(good()), "done");
    await bench.until("done");
  },
  "update.noKey": async () => {
    const bench = await updating({ devices: [{ ...faceless, updateKey: new Uint8Array(0) }] });
    bench.order(good());
    assert.equal((await bench.until("refused")).code, "update.noKey");
    // By cable: firmware with a key, beside what the flash holds.
    const after = await updating({ devices: [faceless], after: bench.net });
    after.order(good());
    await after.until("done");
  },
  "update.notSigned": image("update.notSigned", () =>
    makeImage({ version: "0.2.0", secretKey: new Uint8Array(32).fill(0x11) }),
  ),
  "update.otherBoard": image("update.otherBoard", () =>
    makeImage({ version: "0.2.0", board: "esp32/m5stack" }),
  ),
  "update.tooBig": image("update.tooBig", () => makeImage({ version: "0.2.0", length: 0x100001 })),
  "update.older": image(
    "update.older",
    () => makeImage({ version: "0.2.9", counter: 5 }, 5_000),
    async (bench) => {
      bench.order(makeImage({ version: "0.2.0", counter: 6 }, 5_000));
      await bench.until("done");
      await bench.run(30_000);
    },
  ),
  "update.damaged": async () => {
    const bench = await updating({ devices: [faceless] });
    const made = good();
    bench.order({ ...made, read: (_, length) => new Uint8Array(length) });
    assert.equal((await bench.until("refused")).code, "update.damaged");
    bench.order(made);
    await bench.run(damagedPause - 30_000);
    assert.equal(bench.update?.state, "pausing");
    await bench.until("done");
  },
  "update.broken": { nobody: "the device's flash is worn" },
  "update.failed": {
    by: "protocols/update/transfer.node.test.ts",
    title: "gives way to the one before after half an hour, or at the next start, and is named in the end",
  },
  "credential.userID.empty": credential("", owners),
  "credential.userID.tooLong": credential("u".repeat(33), owners),
  "credential.userID.characters": credential(" operator", owners),
  "credential.password.empty": credential("operator", ""),
  "credential.password.tooLong": credential("operator", "p".repeat(65)),
  "credential.password.tooShort": async () => {
    const net = await new Family(specs).start();
    assert.equal(await registers(net, "seven 7"), "credential.password.tooShort");
    assert.equal(await registers(net, "eight  8"), "done");
  },
  "credential.password.common": async () => {
    const net = await new Family(specs).start();
    assert.equal(await registers(net, "password"), "credential.password.common");
    assert.equal(await registers(net, "a quiet kitchen"), "done");
  },
  "credential.password.characters": credential("operator", "wonder\u0007land"),
};

describe("what `cpns gateway` tells a person to do mends the fault", () => {
  for (const [code, entry] of Object.entries(advice)) {
    it(`${code}: ${wordsOf(code as ErrorCode)}`, async () => {
      if (typeof entry === "function") return entry();
      if ("by" in entry) assert.ok(readFileSync(`test/${entry.by}`, "utf8").includes(entry.title));
    });
  }

  it("has an entry for every text, and for none that is not there", () => {
    assert.deepEqual(Object.keys(advice).sort(), Object.keys(words).sort());
  });

  it("has none that asks for something to be done and that nobody can try", () => {
    const untried = Object.entries(advice).filter(
      ([, entry]) => typeof entry === "object" && "nobody" in entry,
    );
    assert.deepEqual(untried.map(([code]) => code).sort(), [
      "gba.noUicc",
      "result.noMethod",
      "result.notListed",
      "result.protocol",
      "result.sessionExpired",
      "result.unknown",
      "update.broken",
    ]);
  });
});
