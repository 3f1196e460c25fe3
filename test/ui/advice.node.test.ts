import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, fromHex } from "../../src/base/octets.js";
import { Method } from "../../src/codec/methods.js";
import { forgetSessions } from "../../src/database/backup.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import type { PneCommand } from "../../src/pne/ports.js";
import { english } from "../../src/ui/strings/english.js";
import { ended } from "../support/ended.js";
import { Family } from "../support/family.js";
import { alice, bob, outcome, type TestOptions } from "../support/network.js";
import { euKey } from "../support/storedKeys.js";

/**
 * What a text tells a person to do, done: the fault is brought about and seen, then what the text says is done, and the
 * fault is gone. `by`: a test elsewhere does that. `nobody`: no person can do more than the text says.
 */
type Advice =
  | (() => Promise<void>)
  | { readonly by: string; readonly title: string }
  | { readonly nobody: string };

const spec = Family.spec("kitchen");
const made = async (options: TestOptions = {}, specs: readonly DeviceSpec[] = [spec]): Promise<Family> =>
  new Family(specs, { poll: true, ...options }).start();
const two = [spec, Family.spec("hall")];
const ready = (specs: readonly DeviceSpec[] = [spec], options: TestOptions = {}): Promise<Family> =>
  new Family(specs, { poll: true, ...options }).ready();

/** A person's enrolment, with a password that is right unless told. */
const enrols = async (
  net: Family,
  password: string = alice.password,
  user: { readonly userID: string } = alice,
): Promise<string> => outcome(await net.enrol({ ...user, password }));
const does = async (net: Family, command: PneCommand): Promise<string> => outcome(await net.run(command));
const joins = (net: Family): Promise<string> => does(net, { kind: "createPN" });
const hello: PneCommand = { kind: "sendToServer", text: "Hello" };

/** It fails with this code, then something is done, and the same again does not. */
async function mends(
  code: string,
  again: () => Promise<string>,
  how: () => unknown,
  ends: string,
): Promise<void> {
  assert.equal(await again(), code, "the fault");
  await how();
  assert.equal(await again(), ends, "what the text says was done");
}

/** It is wrong to begin with, and right when it is typed as the text says. */
const credential =
  (wrong: Partial<typeof alice | { userID: string; password: string }>) => async (): Promise<void> => {
    const net = await made();
    const { userID, password } = { ...alice, ...wrong };
    const failed = outcome(await net.enrol({ userID, password }));
    assert.match(failed, /^credential\./);
    assert.equal(await enrols(net), "enrolled");
  };

/** The device's flash is put back to before its latest enrolment. */
async function withOlderKey(one: DeviceSpec, code: string): Promise<void> {
  const net = await ready([one]);
  const { flash } = net.device.options;
  const older = flash.snapshot();
  assert.equal(await enrols(net), "enrolled");
  net.device.powerOff();
  flash.restore(older);
  net.device.powerOn();
  await net.pass(10);
  await mends(
    code,
    () => joins(net),
    () => enrols(net),
    "joined",
  );
}

const crashed: Advice = {
  by: "device/firmware.node.test.ts",
  title: "is shown at the next boot, once, and counted in the diagnostics",
};

const advice: Readonly<Record<keyof typeof english.errors, Advice>> = {
  "result.refused": async () => {
    const net = await made();
    assert.equal(await enrols(net, "wonderlamp"), "result.refused");
    assert.equal(await enrols(net), "enrolled", "checked");
    // Somebody else tries his luck, with a device that he resets after each guess.
    const tried = await made({}, two);
    await tried.pass(10);
    for (let i = 0; i < 20; i++) {
      await tried.enrol({ ...alice, password: "wonderlamp" }, tried.of("hall"));
      tried.command("hall", { kind: "factoryReset" });
      await tried.pass(6);
    }
    await mends(
      "result.refused",
      () => enrols(tried),
      () => tried.pass(1_800),
      "enrolled",
    );
  },
  throttled: async () => {
    const net = await made();
    for (let i = 0; i < 3; i++) await enrols(net, "wonderlamp");
    const failed = await net.enrol(alice);
    assert.ok(failed?.kind === "failed" && failed.code === "throttled");
    await net.pass(failed.wait ?? 0);
    assert.equal(await enrols(net), "enrolled");
  },
  gatewayNotFound: async () => {
    const net = await made();
    net.network.setRange(net.device, false);
    await mends(
      "gatewayNotFound",
      () => enrols(net),
      () => net.network.setRange(net.device, true),
      "enrolled",
    );
  },
  linkLost: async () => {
    const net = await made();
    let fragments = 0;
    net.onFragment = (device) => {
      if (++fragments === 9) net.network.dropLink(device);
    };
    await mends(
      "linkLost",
      () => enrols(net),
      () => {},
      "enrolled",
    );
  },
  timeout: async () => {
    const net = await made();
    net.hand = (fragment, direction) => (direction === "toPNE" ? [] : [fragment]);
    await mends(
      "timeout",
      () => enrols(net),
      () => {
        net.hand = undefined;
      },
      "enrolled",
    );
  },
  "result.serverUnreachable": async () => {
    const net = await made();
    net.network.backhaul.unreachable = true;
    await mends(
      "result.serverUnreachable",
      () => enrols(net),
      () => {
        net.network.backhaul.unreachable = false;
      },
      "enrolled",
    );
  },
  "result.busy": { by: "protocols/registration/registration.node.test.ts", title: "result.busy" },
  "result.full": async () => {
    const net = await ready(two);
    await net.together("kitchen", []);
    // "Start another one": who is in none always can.
    assert.equal(await does(net, { kind: "createPN" }), "joined");
  },
  "result.serverClock": {
    by: "attacks/serverClock.node.test.ts",
    title: "assigns no key before 2020 nor from 2100 on, and says so; in 2038 it does",
  },
  "result.tooManyDevices": {
    by: "protocols/enrolment/numbers.node.test.ts",
    title: "are 256 and not one more, which is told as such",
  },
  "result.sessionExpired": async () => {
    const net = await ready();
    await joins(net);
    await forgetSessions(net.network.serverStore.database);
    assert.equal(await does(net, hello), "result.sessionExpired");
    await net.pass(5);
    assert.equal(await does(net, hello), "message");
  },
  "result.noMethod": { nobody: "no Server of this project refuses both methods" },
  "result.duplicateEntity": async () => {
    const net = await ready([{ ...spec, entityID: fromHex("00112233") }]);
    net.command("kitchen", { kind: "factoryReset" });
    await net.pass(10);
    const again = (): Promise<string> => enrols(net, bob.password, bob);
    await mends(
      "result.duplicateEntity",
      again,
      () => net.network.server.releaseDevice(fromHex("00112233")),
      "enrolled",
    );
  },
  "result.notAuthorized": async () => {
    let may = false;
    const net = await ready([spec], { policy: { mayJoin: () => may } });
    await mends(
      "result.notAuthorized",
      () => joins(net),
      () => {
        may = true;
      },
      "joined",
    );
  },
  "result.declined": async () => {
    const net = await ready();
    const invites = async (answer: "acceptInvitation" | "declineInvitation"): Promise<string> => {
      let told = "";
      net.network.gateway.command({ kind: "createPN", who: "all" }, (outcome) => {
        told = ended(outcome);
      });
      await net.pass(2);
      net.command("kitchen", { kind: answer });
      await net.pass(20);
      return told;
    };
    assert.equal(await invites("declineInvitation"), "result.declined");
    assert.equal(await invites("acceptInvitation"), "done");
  },
  "result.noRoute": async () => {
    const net = await ready(two);
    await net.together("kitchen", ["hall"]);
    net.network.setRange(net.of("hall"), false);
    await net.pass(20);
    const says = async (): Promise<string> => {
      net.command("kitchen", { kind: "sendToMember", to: net.id("hall"), text: "Hello" });
      await net.pass(30);
      return net.kinds("kitchen").at(-1) ?? "";
    };
    await mends(
      "result.noRoute",
      says,
      async () => {
        net.network.setRange(net.of("hall"), true);
        await net.pass(30);
      },
      "sent",
    );
  },
  "pn.tooLate": async () => {
    const net = await ready(two);
    const accepts = async (seconds: number): Promise<string> => {
      net.command("kitchen", { kind: "createPN", who: [net.id("hall")] });
      await net.pass(seconds);
      net.command("hall", { kind: "acceptInvitation" });
      await net.pass(20);
      return net.kinds("hall").at(-1) ?? "";
    };
    assert.equal(await accepts(60), "pn.tooLate");
    assert.equal(await accepts(2), "joined");
  },
  "enrol.method": async () => {
    const net = await made({}, [{ ...spec, methods: [] }]);
    assert.equal(await enrols(net), "enrol.method");
    const other = await made({}, [{ ...spec, secure: true, methods: [Method.spake2plus] }]);
    assert.equal(await enrols(other), "enrolled");
  },
  "enrol.notTrusted": async () => {
    const net = await made();
    net.network.setRogue(true);
    const first = await enrols(net);
    assert.ok(first === "enrol.notTrusted" || first === "result.refused", first);
    net.network.setRogue(false);
    await net.pass(5);
    assert.equal(await enrols(net), "enrolled");
  },
  "pn.notTrusted": () => withOlderKey(spec, "pn.notTrusted"),
  "pn.lost": async () => {
    const net = await ready();
    await joins(net);
    net.network.setRange(net.device, false);
    await net.pass(140);
    net.network.setRange(net.device, true);
    await net.pass(40);
    assert.equal(net.kinds("kitchen").at(-1), "pn.lost");
    assert.equal(await joins(net), "joined");
  },
  "pn.notMember": async () => {
    const net = await ready();
    await mends(
      "pn.notMember",
      () => does(net, hello),
      () => joins(net),
      "message",
    );
  },
  notEnrolled: async () => {
    const net = await made();
    await mends(
      "notEnrolled",
      () => joins(net),
      () => enrols(net),
      "joined",
    );
  },
  "result.gatewayNotEnrolled": async () => {
    const net = await ready();
    await net.network.server.releaseDevice(net.network.gatewayID);
    const enrolsGateway = (): void =>
      net.network.gateway.command(
        { kind: "enrol", userID: ascii(alice.userID), password: ascii(alice.password) },
        () => {},
      );
    await mends(
      "result.gatewayNotEnrolled",
      () => joins(net),
      async () => {
        enrolsGateway();
        await net.pass(20);
      },
      "joined",
    );
  },
  "pn.refused": () => withOlderKey({ ...spec, secure: true, localEUKeyCriterion: "flow" }, "pn.refused"),
  "pn.keyUnknown": async () => {
    const net = await made();
    const before = new MemoryServerStore({ clock: net.clock });
    before.restore(net.network.serverStore);
    net.onNotice = (device, notice) => {
      if (notice.kind === "progress" && notice.step === "store") net.network.dropLink(device);
    };
    await enrols(net);
    assert.equal(net.device.pne?.view.keys, "staged");
    net.onNotice = undefined;
    net.network.serverStore.restore(before);
    const restarts = async (): Promise<string> => {
      net.notices.length = 0;
      net.device.powerOff();
      net.device.powerOn();
      await net.pass(20);
      return outcome(net.notices.filter(({ kind }) => kind !== "state" && kind !== "progress").at(-1));
    };
    assert.equal(await restarts(), "enrol.unconfirmed");
    assert.equal(await enrols(net), "enrolled");
    assert.equal(await joins(net), "joined");
  },
  "pn.otherServer": async () => {
    const net = await ready();
    const store = new KeyStore(net.device.options.flash.boot(), nodeSuite);
    store.stage({ ...euKey(1), serverID: ascii("another.example") });
    store.commit(euKey(1).id);
    net.device.powerOff();
    net.device.powerOn();
    await net.pass(10);
    await mends(
      "pn.otherServer",
      () => joins(net),
      () => enrols(net),
      "joined",
    );
  },
  "label.tooLong": async () => {
    const net = await made();
    const named: string[] = [];
    net.onNotice = (_, notice) => void named.push(outcome(notice));
    net.command("kitchen", { kind: "setName", name: "k".repeat(33) });
    net.command("kitchen", { kind: "setName", name: "k".repeat(32) });
    assert.deepEqual(
      named.filter((one) => one !== "state"),
      ["label.tooLong", "named"],
    );
  },
  "pn.unprotected": {
    by: "protocols/network/preAssigned.node.test.ts",
    title: "is not left without protection: a PNE without Temporary Key takes no part on an insecure PAN",
  },
  "store.full": async () => {
    const net = await made({}, [{ ...spec, flashCapacity: 5_000 }]);
    assert.equal(await enrols(net), "enrolled");
    const { flash } = net.device.options;
    // What an application, or a hundred networks, may have left there.
    const left = flash.boot();
    for (let n = 0; flash.capacity - flash.used > 150; n++)
      left.write(`rest${n}`, new Uint8Array(Math.min(1_000, flash.capacity - flash.used - 140)));
    net.device.powerOff();
    net.device.powerOn();
    await net.pass(10);
    assert.equal(await joins(net), "store.full");
    net.command("kitchen", { kind: "factoryReset" });
    await net.pass(10);
    assert.equal(await enrols(net), "enrolled");
    assert.equal(await joins(net), "joined");
  },
  "store.version": {
    by: "device/firmware.node.test.ts",
    title: "erases flash that newer firmware wrote only when the person says so, then starts anew",
  },
  "credential.userID.empty": credential({ userID: "" }),
  "credential.userID.tooLong": credential({ userID: "u".repeat(33) }),
  "credential.userID.characters": credential({ userID: " alice" }),
  "credential.password.empty": credential({ password: "" }),
  "credential.password.tooLong": credential({ password: "p".repeat(65) }),
  "credential.password.characters": credential({ password: "wonder\u0007land" }),
  "store.unusable": {
    by: "device/firmware.node.test.ts",
    title: "offers to erase flash that cannot even be started, as a whole, and starts anew",
  },
  "store.broken": { nobody: "the flash is broken, or a restart finds it well" },
  "store.factory": { nobody: "its factory writes the data again" },
  "radio.silent": { nobody: "the radio is broken, or a restart finds it well" },
  "crypto.random": { nobody: "the generator is broken, or a restart finds it well" },
  "crash.memory": crashed,
  "crash.stack": crashed,
  "crash.exception": crashed,
  "crash.watchdog": crashed,
  "crash.power": crashed,
  "crash.unknown": crashed,
  "protocol.unexpected": async () => {
    const net = await made();
    let first = true;
    net.hand = (fragment, direction) => {
      if (direction !== "toGateway" || !first) return [fragment];
      first = false;
      const other = fragment.slice();
      other[other.length - 1] = 0xff;
      return [other];
    };
    const failed = await enrols(net);
    assert.ok(["result.protocol", "protocol.unexpected"].includes(failed), failed);
    await net.pass(5);
    assert.equal(await enrols(net), "enrolled");
  },
  "pn.escrowed": {
    by: "protocols/temporaryKey/insecure.node.test.ts",
    title: "is shown as escrowed until the EUKey is replaced, which happens when it can (C-18)",
  },
  unknown: { nobody: "who reads the code" },
};

describe("what a text tells a person to do mends the fault", () => {
  for (const [code, entry] of Object.entries(advice)) {
    it(`${code}: ${english.errors[code as keyof typeof english.errors].next}`, async () => {
      if (typeof entry === "function") return entry();
      if ("by" in entry) assert.ok(readFileSync(`test/${entry.by}`, "utf8").includes(entry.title));
    });
  }

  it("has an entry for every text about an error", () => {
    assert.deepEqual(
      Object.keys(english.errors).filter((code) => !(code in advice)),
      [],
    );
  });
});
