import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { makeImage } from "../../../hosts/simulator/network/images.js";
import type { DeviceSpec } from "../../../hosts/simulator/network/options.js";
import { ascii, fromHex, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { Method } from "../../../src/codec/methods.js";
import { Result, resultCode } from "../../../src/codec/results.js";
import { refusalOf, UpdateKind } from "../../../src/protocols/update/kinds.js";
import { ended } from "../../support/ended.js";
import { Family } from "../../support/family.js";
import { alice, bob, keypad, TestNetwork, type TestOptions } from "../../support/network.js";
import { SensorNetwork, secureSensor, sensor } from "../../support/noUI.js";
import { Probe, temperature } from "../../support/probe.js";
import { register } from "../../support/registering.js";
import { UpdateBench } from "../../support/updating.js";

/** One flow of the documents, as the middle sees it. */
export interface Attacked {
  readonly title: string;
  /** Places and names of the messages that are changed here, where others have their turn in another flow. */
  readonly only?: RegExp;
  /** The fields, likewise. */
  readonly fields?: RegExp;
  make(after?: TestNetwork): TestNetwork;
  /** From the first start of the network to where devices have their keys; once. */
  setup(net: TestNetwork): Promise<void>;
  /** From a start with flash and database to where the flow begins. */
  begin(net: TestNetwork): Promise<void>;
  /** What the persons are told at the PN GW, if anything. */
  act(net: TestNetwork): Promise<readonly string[]>;
  /** Back, so that the flow can be done again. */
  end(net: TestNetwork): Promise<void>;
}

const pass = (net: TestNetwork, seconds: number): Promise<void> =>
  net.clock.runFor(Milliseconds(seconds * 1000));
const nothing = async (): Promise<void> => {};

const ofDevice = (spec: DeviceSpec, options: TestOptions = {}): Pick<Attacked, "make"> => ({
  make: (after) =>
    new TestNetwork({ pneSuite: nodeSuite, devices: [spec], ...options, ...(after && { after }) }),
});

/** A password that is typed into the device. */
const enrolment = (title: string, spec: DeviceSpec): Attacked => ({
  title,
  ...ofDevice(spec),
  setup: nothing,
  begin: nothing,
  act: async (net) => {
    await net.enrol();
    return [];
  },
  end: nothing,
});

/** One device with its key, and what it does next. */
const alone = (
  title: string,
  spec: DeviceSpec,
  options: TestOptions,
  flow: Pick<Attacked, "begin" | "act">,
): Attacked => ({
  title,
  ...ofDevice(spec, options),
  setup: async (net) => {
    assert.equal((await net.enrol())?.kind, "enrolled");
  },
  end: async (net) => {
    if (net.device.pne?.view.pn !== undefined) await net.run({ kind: "leavePN" });
  },
  ...flow,
});

const joining = async (net: TestNetwork): Promise<void> => {
  assert.equal((await net.join())?.kind, "joined");
};

const join: Pick<Attacked, "begin" | "act"> = {
  begin: nothing,
  act: async (net) => {
    await net.join();
    return [];
  },
};

const talk: Pick<Attacked, "begin" | "act"> = {
  begin: joining,
  act: async (net) => {
    for (const kind of ["sendToServer", "sendToGateway"] as const) await net.run({ kind, text: kind });
    return [];
  },
};

let names = 0;
const probe = new Probe(temperature);

const telling: Pick<Attacked, "begin" | "act"> = {
  begin: joining,
  act: async (net) => {
    probe.ended.length = 0;
    probe.send("gateway", "temperature", 21.5, { within: 4_000 });
    await pass(net, 12);
    assert.equal(probe.ended.length, 1);
    return [probe.ended[0] ?? "sent"];
  },
};

const returning: Pick<Attacked, "begin" | "act"> = {
  begin: joining,
  act: async (net) => {
    net.network.dropLink(net.device);
    await pass(net, 20);
    return [];
  },
};

const renewing: Pick<Attacked, "begin" | "act"> = {
  begin: joining,
  act: async (net) => {
    await pass(net, 185);
    return [];
  },
};

/** A person who says yes to new firmware, and an owner who has ordered it at the PN GW. */
const updating: Pick<Attacked, "begin" | "act"> = {
  begin: async (net) => {
    net.onNotice = (device, notice) => {
      if (notice.kind !== "updateOffered") return;
      net.clock.after(Milliseconds(1000), () => device.command({ kind: "answerUpdate", yes: true }));
    };
    await joining(net);
  },
  act: async (net) => {
    const from = net.log.length;
    new UpdateBench(net).order(makeImage({ version: `0.${2 + names}.0` }, 2_000));
    // Not of the view: who looks at it would meet the faults that are meant for the PN GW itself.
    const reported = (): readonly number[] =>
      net.log.slice(from).flatMap((line) => {
        const kind = / update\.reported .*"kind":(\d+)/.exec(line)?.[1];
        return kind === undefined ? [] : [Number(kind)];
      });
    const last = (): number | undefined =>
      reported().find((kind) => kind === UpdateKind.confirmed || refusalOf(kind) !== undefined);
    await net.clock.runWhile(() => last() === undefined, Milliseconds(300_000));
    // Nothing but what was signed ever starts.
    assert.match(net.device.version, /^0\.[123]\.0( simulator)?$/);
    const kind = last();
    return [kind === undefined ? "waiting" : (refusalOf(kind) ?? "done")];
  },
};

const two = ["kitchen", "hall"].map((id) => Family.spec(id));
const family = (
  title: string,
  flow: (net: Family) => Promise<void>,
  joined: boolean,
  options: TestOptions = {},
): Attacked => ({
  title,
  make: (after) => new Family(two, { ...options, ...(after && { after }) }),
  setup: async (net) => {
    for (const device of net.network.devices) await net.enrol(alice, device);
    // Until each is connected again.
    await pass(net, 8);
  },
  begin: async (net) => {
    if (joined) await (net as Family).together("kitchen", ["hall"]);
  },
  act: async (net) => {
    await flow(net as Family);
    return [];
  },
  end: async (net) => {
    for (const { id } of two) (net as Family).command(id, { kind: "leavePN" });
    await pass(net, 15);
  },
});

const accepting = async (net: Family): Promise<void> => {
  await net.pass(2);
  for (const { id } of two) {
    if (net.of(id).pne?.view.invitation !== undefined) net.command(id, { kind: "acceptInvitation" });
  }
  await net.pass(70);
};

const atGateway = (title: string, how: "credentials" | "temporaryKey", spec: DeviceSpec): Attacked => ({
  title,
  make: (after) => new SensorNetwork(spec, { pneSuite: nodeSuite, ...(after && { after }) }),
  setup: nothing,
  begin: nothing,
  act: async (net) => {
    const told = await (net as SensorNetwork).atGateway(how);
    await pass(net, 15);
    return [told];
  },
  end: async (net) => {
    await net.run({ kind: "factoryReset" });
    await pass(net, 10);
  },
});

const registering = (
  title: string,
  who: (n: number) => Parameters<typeof register> extends [unknown, ...infer R] ? R : never,
): Attacked => ({
  title,
  ...ofDevice(keypad),
  setup: nothing,
  begin: nothing,
  act: async (net) => [await register(net, ...who(names))],
  end: nothing,
});

const ownKey = (
  title: string,
  options: TestOptions,
  how: (net: TestNetwork, done: (code: string) => void) => void,
): Attacked => ({
  title,
  ...ofDevice(keypad, options),
  setup: nothing,
  begin: nothing,
  act: async (net) => {
    let told: string | undefined;
    how(net, (code) => {
      told = code;
    });
    await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
    // The session with the Server under the new key, too.
    if (options.operator !== undefined) await net.enrol(bob);
    return [told ?? "nothing"];
  },
  end: nothing,
});

const limits = Object.freeze({ records: 1_000, lifetime: Seconds(200) });
const few = Object.freeze({ records: 16, lifetime: Seconds(3_600) });
const shares: TestOptions = { forwardSecrecy: true };
const secure: DeviceSpec = { ...keypad, secure: true };

export const flows: readonly Attacked[] = [
  enrolment("enrolment", keypad),
  {
    ...enrolment("enrolment by scram", { ...keypad, methods: [Method.scram] }),
    only: /^link EUKeyAssignment(Request|Response)(\.challenge|\.proof)?$/,
  },
  { ...alone("PN of one", keypad, {}, join), only: /^(link|session) / },
  { ...alone("PN of one with shares", keypad, shares, join), only: /^(link|session) /, fields: /\b31$/ },
  alone("data", keypad, {}, talk),
  { ...alone("reading", { ...keypad, application: () => probe }, {}, telling), only: /TopicData/ },
  { ...alone("update", keypad, {}, updating), only: /Update/ },
  alone("return by ticket", keypad, {}, returning),
  alone("return by LocalEUKey", secure, {}, returning),
  { ...alone("renewal", keypad, { ...shares, limits }, renewing), only: /Rekey|link (Connect|Auth)/ },
  {
    ...alone(
      "resumption toward the Server",
      keypad,
      { limits: few },
      {
        begin: joining,
        act: async (net) => {
          for (let i = 0; i < 12; i++) await net.run({ kind: "sendToServer", text: `${i}` });
          return [];
        },
      },
    ),
    only: /^clear /,
  },
  {
    ...family(
      "PN of two",
      async (net) => {
        net.command("kitchen", { kind: "createPN", who: [net.id("hall")], alias: "home" });
        await accepting(net);
      },
      false,
    ),
    only: /^session |PN|link Authentication/,
  },
  {
    ...family(
      "PN by the PN GW",
      async (net) => {
        net.network.gateway.command({ kind: "createPN", who: "all", alias: "home" });
        await accepting(net);
      },
      false,
    ),
    only: /PNSetup|PNEstablishment|PNRegistrationRequest/,
  },
  {
    ...family(
      "coming into a PN",
      async (net) => {
        net.command("hall", { kind: "createPN", who: "all" });
        await net.pass(90);
      },
      false,
    ),
    begin: async (net) => {
      (net as Family).command("kitchen", { kind: "createPN", who: "all" });
      await pass(net, 2);
      (net as Family).command("hall", { kind: "declineInvitation" });
      await pass(net, 15);
    },
    only: /^link PNSetupNotify/,
  },
  family(
    "PN declined",
    async (net) => {
      net.network.gateway.command({ kind: "createPN", who: "all", alias: "home" });
      await net.pass(2);
      for (const { id } of two) net.command(id, { kind: "declineInvitation" });
      await net.pass(50);
    },
    false,
  ),
  family(
    "data of a member",
    async (net) => {
      net.command("kitchen", { kind: "sendToMember", to: net.id("hall"), text: "dinner" });
      await net.pass(20);
    },
    true,
  ),
  {
    ...family(
      "data for a member out of reach",
      async (net) => {
        net.network.setRange(net.of("hall"), false);
        net.command("kitchen", { kind: "sendToMember", to: net.id("hall"), text: "dinner" });
        await net.pass(20);
        net.network.setRange(net.of("hall"), true);
        await net.pass(20);
      },
      true,
    ),
    only: /Failure/,
  },
  {
    ...family(
      "leaving",
      async (net) => {
        net.command("hall", { kind: "leavePN" });
        await net.pass(20);
      },
      true,
    ),
    only: /PN|Ack/,
  },
  {
    ...family(
      "the end for all",
      async (net) => {
        net.command("kitchen", { kind: "dissolvePN" });
        await net.pass(20);
      },
      true,
    ),
    only: /PN|Ack/,
  },
  family(
    "capabilities",
    async (net) => {
      for (const device of net.network.devices) {
        const id = hex(net.network.pneLink(device)?.entityID ?? new Uint8Array(1));
        net.network.gateway.command({ kind: "queryDevice", device: id });
      }
      await net.pass(15);
    },
    false,
  ),
  {
    ...atGateway("installed credentials", "credentials", { ...secureSensor, allowReenrolment: true }),
    only: /^link (UserInfo|EUKeyAssignmentTrigger|Acknowledgement)/,
  },
  {
    ...atGateway("Temporary Key", "temporaryKey", { ...sensor, allowReenrolment: true }),
    only: /^link .*([tT]emporary|Trigger|Rotation|confirm$)|^session Temporary/,
  },
  {
    ...family("what the Server tells unasked", nothing, true, { poll: true }),
    act: async (net) => {
      let told = "nothing";
      const sent = net.network.server.send(fromHex((net as Family).id("hall")), ascii("dinner"));
      void sent.then((result) => {
        told = result === Result.ok ? "sent" : resultCode(result);
      });
      await pass(net, 60);
      return [told];
    },
    only: /^session Poll/,
  },
  registering("registration", (n) => [`carol ${n}`, "looking glass"]),
  registering("another password", (n) => {
    const [old, made] = n === 0 ? [alice.password, "looking forward"] : ["looking forward", "looking back"];
    return [alice.userID, made, old];
  }),
  {
    ...ownKey("EUKey of the PN GW by password", {}, (net, done) => {
      const password = ascii("operator's own password");
      const command = { kind: "enrol", userID: ascii("operator"), password } as const;
      net.network.gateway.command(command, (outcome) => done(ended(outcome)));
    }),
    only: /^clear EUKey/,
  },
  {
    ...ownKey("EUKey of the PN GW by GBA_U", { operator: { lifetime: Seconds(86_400) } }, (net, done) => {
      net.network.gateway.command({ kind: "bootstrap" }, (outcome) => done(ended(outcome)));
    }),
    only: /^clear /,
  },
];

/** Earlier runs register other names, and change the password before. */
export function asRun(n: number): void {
  names = n;
}
