import { Milliseconds } from "../../../src/base/units.js";
import { type Action, type ActionReader, on, type StepContext } from "./action.js";
import { applicationReaders } from "./applicationSteps.js";
import type { Station } from "./deviceUnderTest.js";
import { type Item, unknown } from "./document.js";
import { StepFailure } from "./errors.js";
import { type Expectation, readExpectations } from "./expectations.js";
import type { FragmentFault } from "./faults.js";
import { gatewayReaders } from "./gatewaySteps.js";
import type { ScenarioUser } from "./header.js";
import type { Hand } from "./operator.js";
import { pnReaders } from "./pnSteps.js";
import { keyNames, pressOf } from "./presses.js";
import { updateReaders } from "./updateSteps.js";
import type { Stage } from "./world.js";

const maximumPresses = 200;

function readPresses(item: Item, { keypad }: StepContext): Action {
  const items = item.isList ? item.list(maximumPresses) : [item];
  const presses = items.map((one) => {
    const name = one.text();
    if (keypad === "none") return one.fail("this device has no keypad");
    const press = pressOf(name, keypad);
    return press ?? one.fail(`the ${keypad} keypad has no key '${name}'; it has ${keyNames[keypad]}`);
  });
  return {
    title: `press ${items.map((one) => one.text()).join(" ")}`,
    act: async (_, station) => {
      on(station);
      for (const press of presses) await station.hand.press(press);
    },
  };
}

function readEnrol(item: Item, { header }: StepContext): Action {
  const fields = item.empty || !item.isMap ? undefined : item.fields(["device", "user", "password"]);
  const user = fields?.get("user")?.printable(32) ?? header.users[0]?.userID;
  if (user === undefined) item.fail("'enrol' has no 'user', and the scenario has no 'users'");
  const known = header.users.find((one: ScenarioUser) => one.userID === user)?.password;
  const password = fields?.get("password")?.printable(64) ?? known;
  if (password === undefined)
    item.fail(`user '${user}' is none of the scenario's: 'enrol' needs a 'password'`);
  if (user !== user.trim()) item.fail("'user' begins or ends with a space");
  return {
    title: `enrol as ${user}`,
    ends: ["enrolled"],
    act: (_, station) => station.procedure(["enrolled"], () => station.hand.enrol(user, password)),
  };
}

function readCut(item: Item): Action {
  if (!item.isMap) return { title: "cut the power", act: (_, station) => on(station).powerOff() };
  const fields = item.fields(["device", "at-write", "manner"]);
  const atWrite = fields.get("at-write")?.integer(1, 1000);
  const manner = fields.get("manner")?.choice(["before", "torn", "after"] as const) ?? "before";
  if (atWrite === undefined) {
    if (fields.has("manner")) item.fail("'manner' stands without 'at-write'");
    return { title: "cut the power", act: (_, station) => on(station).powerOff() };
  }
  return {
    title: `cut the power at flash write ${atWrite} from here (${manner})`,
    act: (_, { device }) => {
      const { flash } = device.options;
      if (flash.cutPlanned) throw new StepFailure("another power cut is still to come");
      const from = flash.writes;
      flash.cutPower({ atWrite, manner });
      return {
        unmet: () =>
          flash.cutPlanned ? `the device wrote its flash ${flash.writes - from} times only` : undefined,
      };
    },
  };
}

const pass = (item: Item): Action => {
  const time = item.duration();
  return { title: `wait ${item.text()}`, act: ({ clock }) => clock.runFor(time) };
};

const fault =
  (kind: FragmentFault["kind"], title: string): ActionReader =>
  (item) => {
    const fragment = item.integer(1, 10_000);
    return {
      title: `${title} ${fragment} of the next connection`,
      act: (_, station) => ({ unmet: station.plan({ fragment, kind }) }),
    };
  };

const simple =
  (title: string, act: Action["act"]): ActionReader =>
  (item) => {
    if (item.isMap) item.fields(["device"]);
    return { title, act };
  };

const menu =
  (title: string, press: (hand: Hand) => Promise<void>, end: string): ActionReader =>
  (item) => {
    if (item.isMap) item.fields(["device"]);
    const act: Action["act"] = (_, station) => station.procedure([end], () => press(station.hand));
    return { title, ends: [end], act };
  };

function readSend(item: Item): Action {
  const to = item.choice(["server", "gateway"] as const);
  const entry = to === "server" ? "sendToServer" : "sendToGateway";
  return {
    title: `say hello to the ${to}`,
    ends: ["message"],
    act: (_, station) => station.procedure(["message"], () => station.hand.fromHome(entry)),
  };
}

function readReset(item: Item): Action {
  if (item.isMap) item.fields(["device"]);
  return {
    title: "erase everything",
    ends: ["resetDone"],
    act: (_, station) =>
      station.procedure(["resetDone"], async () => {
        // A device without UI has a button for it.
        if (station.device.keypad !== "none") await station.hand.erase();
        else on(station).command({ kind: "factoryReset" });
      }),
  };
}

function readWaitFor(item: Item): Action {
  const within = item.isMap ? item.members().get("within") : undefined;
  const limit = within?.duration() ?? Milliseconds(30_000);
  const all = readExpectations(item, ["device", "within"]);
  const missing = (stage: Stage, station: Station): Expectation | undefined =>
    all.find((one) => !one.find(stage, station).holds);
  return {
    title: `wait for ${all.map((one) => one.expected).join(", ")}`,
    act: async (stage, station) => {
      if (await station.hand.until(() => missing(stage, station) === undefined, limit))
        return { held: all.length };
      const late = missing(stage, station);
      const found = late?.find(stage, station).found;
      throw new StepFailure(`after ${limit / 1000} s expected ${late?.expected}, found ${found}`);
    },
  };
}

const readers: Readonly<Record<string, ActionReader>> = Object.freeze({
  type: (item) => {
    const text = item.printable(100);
    // Perhaps a password: its length is enough.
    return {
      title: `type ${text.length} characters`,
      act: (_, station) => on(station) && station.hand.type(text),
    };
  },
  press: readPresses,
  wait: pass,
  advance: pass,
  "wait-for": readWaitFor,
  enrol: readEnrol,
  join: menu("join a network", (hand) => hand.fromHome("createPN"), "joined"),
  leave: menu("leave the network", (hand) => hand.leave("leavePN"), "left"),
  end: menu("end the network for everybody", (hand) => hand.leave("dissolvePN"), "left"),
  ...pnReaders,
  ...applicationReaders,
  ...gatewayReaders,
  ...updateReaders,
  send: readSend,
  "factory-reset": readReset,
  "cut-power": readCut,
  "power-on": simple("switch the power on", (_, { device }) => {
    if (device.powered) throw new StepFailure("the device is on");
    device.powerOn();
  }),
  "drop-link": simple("drop the link", ({ network }, { device }) => {
    if (device.link === undefined) throw new StepFailure("the device has no link");
    network.dropLink(device);
  }),
  "drop-fragment": fault("drop", "lose fragment"),
  "corrupt-fragment": fault("corrupt", "corrupt fragment"),
  "duplicate-fragment": fault("duplicate", "duplicate fragment"),
  "drop-link-at-fragment": fault("dropLink", "drop the link at fragment"),
  "out-of-range": (item) => {
    const out = item.boolean();
    return {
      title: out ? "go out of range" : "come into range",
      act: ({ network }, { device }) => network.setRange(device, !out),
    };
  },
  server: (item) => {
    const down = item.choice(["down", "up"]) === "down";
    const act: Action["act"] = ({ network }) => {
      network.backhaul.unreachable = down;
    };
    return { title: `the Server is ${down ? "down" : "up"}`, act };
  },
  "rogue-gateway": (item) => {
    const on = item.boolean();
    return {
      title: on ? "a false gateway takes over" : "the true gateway is back",
      act: ({ network }) => network.setRogue(on),
    };
  },
});

export const actionNames: readonly string[] = Object.freeze(Object.keys(readers));
/** Steps whose value is nothing, or the id of a device. */
export const deviceSteps: readonly string[] = Object.freeze([
  "enrol",
  "join",
  "leave",
  "end",
  "accept",
  "decline",
  "factory-reset",
  "cut-power",
  "power-on",
  "drop-link",
  "app",
]);

/** Throws ScenarioError when there is no such step. */
export function expectAction(name: string, item: Item): void {
  if (!actionNames.includes(name)) unknown(item, `step '${name}'`, [...actionNames, "each", "expect"]);
}

export function readAction(name: string, item: Item, context: StepContext): Action {
  const read = readers[name];
  if (read === undefined) throw new RangeError(name);
  return read(item, context);
}
