import type { ErrorCode } from "../../../src/base/errorCodes.js";
import { Seconds } from "../../../src/base/units.js";
import type { PneNotice, PneView } from "../../../src/pne/ports.js";
import type { KeyPress, Keypad } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import { errorCodes } from "../../support/errorCodes.js";
import { emptyView, enrolledView, joinedView, UiBench } from "../../support/uiBench.js";
import { deviceScreens } from "./deviceScreens.js";

export interface NamedScreen {
  readonly name: string;
  readonly screen: Screen;
}

const longName = "The thermometer of the greenhouse behind the house";
const id = (n: number): string => `${n}`.padStart(32, "0");
const pn = joinedView.pn as NonNullable<PneView["pn"]>;
const members = [
  ...pn.members,
  { id: id(1), name: longName },
  { id: id(2), name: "Küche Süd" },
  { id: id(3), name: "温度計 \u{1f321}" },
  { id: id(4), name: "Hall" },
  { id: id(5) },
  { id: id(6), name: "Door" },
];
const familyView: PneView = {
  ...joinedView,
  name: "Kitchen",
  pn: {
    ...pn,
    alias: "At home",
    members: [...pn.members.slice(0, 1), { id: id(7), name: "Hall" }, { id: id(8), name: "Garden" }],
  },
};
const startedView: PneView = { ...joinedView, pn: { ...pn, started: true, alias: "Garden" } };
const awayView: PneView = { ...joinedView, connected: false, pn: { ...pn, away: true } };
const fullView: PneView = {
  ...joinedView,
  userID: "a.person.with.a.long.user.id@org",
  name: "Thermometer of the greenhouse",
  pn: { ...pn, members },
};

/** The keys that do the same on each keypad. */
const named = (key: "enter" | "escape" | "up" | "down"): KeyPress => ({ kind: "named", key });
const enter = named("enter");
const down = named("down");

/** Of the screens that are made now. */
let language = "en";

const made = (keypad: Keypad, view?: PneView): UiBench => new UiBench(keypad, view, { language });

const bench = (keypad: Keypad, view: PneView, ...notices: readonly PneNotice[]): UiBench => {
  const one = made(keypad, view);
  for (const notice of notices) one.notify(notice);
  return one;
};

const failed = (code: ErrorCode, wait?: number): PneNotice =>
  wait === undefined ? { kind: "failed", code } : { kind: "failed", code, wait: Seconds(wait) };

/** Typing the User ID, then the password: as it is typed, revealed, empty, too long, and wrong. */
function typing(keypad: Keypad): NamedScreen[] {
  const at = made(keypad).press(enter);
  const out: NamedScreen[] = [{ name: "user id, empty", screen: at.screen }];
  const add = (name: string): void => void out.push({ name, screen: at.screen });
  at.types("alice");
  add("user id");
  at.press(enter).types("correct hors");
  add("password, last letter");
  at.taps(" ");
  add("password, masked");
  at.press({ kind: "matrix", key: "B" });
  add("password, shown");
  at.types("e battery staple, and then some more of it");
  add("password, shown, long");
  at.press({ kind: "matrix", key: "B" });
  at.taps(" ");
  add("password, long");
  const wrong = made(keypad).press(enter, enter);
  out.push({ name: "user id missing", screen: wrong.screen });
  at.after(61);
  add("password, forgotten");
  if (keypad === "buttons") out.push(...letters());
  return out;
}

/** What three buttons take, down to the letter. */
function letters(): NamedScreen[] {
  const [left, right] = (["left", "right"] as const).map((button): KeyPress => ({ kind: "button", button }));
  const held: KeyPress = { kind: "button", button: "right", long: true };
  const ways: readonly (readonly [name: string, keys: readonly (KeyPress | undefined)[]])[] = [
    ["a third", [left]],
    ["three", [left, left]],
    ["controls", [right, right, right]],
    ["controls, more", [right, right, right, right]],
    ["digits and signs", [held, held]],
    ["signs", [held, held, right, right]],
  ];
  return ways.map(([name, keys]) => {
    const picking = made("buttons").press(enter);
    for (const key of keys) if (key !== undefined) picking.press(key);
    return { name: `letters, ${name}`, screen: picking.screen };
  });
}

function waiting(keypad: Keypad): NamedScreen[] {
  const steps = ["connect", "discover", "enrol", "store", "confirm", "rotate", "join", "send", "leave"].map(
    (step) => ({
      name: `progress, ${step}`,
      screen: bench(keypad, emptyView, { kind: "progress", step }).screen,
    }),
  );
  const derive = [0.02, 0.42, 0.97].map((fraction) => ({
    name: `progress, ${100 * fraction} %`,
    screen: bench(keypad, emptyView, { kind: "progress", step: "enrol", fraction }).screen,
  }));
  return [...steps, ...derive];
}

function successes(keypad: Keypad): NamedScreen[] {
  return [
    { name: "enrolled", screen: bench(keypad, enrolledView, { kind: "enrolled" }).screen },
    { name: "joined", screen: bench(keypad, joinedView, { kind: "joined" }).screen },
    {
      name: "with the gateway alone",
      screen: bench(keypad, { ...joinedView, pn: { ...pn, members: [] } }, { kind: "joined" }).screen,
    },
    {
      name: "started with nobody",
      screen: bench(keypad, enrolledView)
        .press(enter, enter)
        .notify({ kind: "progress", step: "join" })
        .notify({ kind: "joined" }).screen,
    },
    { name: "dissolved", screen: bench(keypad, enrolledView, { kind: "left", why: "dissolved" }).screen },
    { name: "erased", screen: bench(keypad, emptyView, { kind: "resetDone" }).screen },
  ];
}

function menus(keypad: Keypad): NamedScreen[] {
  const settings = bench(keypad, fullView).press(down, down, down, down, enter);
  const language = bench(keypad, enrolledView).press(down, down, enter, down, enter);
  const looking = bench(keypad, emptyView).press(enter);
  const list = bench(keypad, fullView).press(down, down, enter);
  const first = list.screen;
  list.press(down, down, down, down);
  const alias = bench(keypad, enrolledView).press(enter);
  const name = bench(keypad, enrolledView).press(down, down, enter, enter).types("Thermometer");
  const typed = name.screen;
  const reset = bench(keypad, enrolledView).press(down, down, enter, down, down, down, enter);
  return [
    { name: "looking for a gateway", screen: looking.screen },
    { name: "language", screen: language.screen },
    { name: "leave?", screen: bench(keypad, familyView).press(down, down, down, enter).screen },
    {
      name: "end it for all?",
      screen: bench(keypad, startedView).press(down, down, down, down, enter).screen,
    },
    { name: "home", screen: bench(keypad, enrolledView).screen },
    { name: "home, connected", screen: bench(keypad, { ...enrolledView, connected: true }).screen },
    { name: "home, in a network", screen: bench(keypad, familyView).press(down).screen },
    { name: "home, started it", screen: bench(keypad, startedView).press(down, down, down, down).screen },
    { name: "home, away", screen: bench(keypad, awayView).screen },
    { name: "members", screen: bench(keypad, familyView).press(down, down, enter, down).screen },
    { name: "members, many", screen: first },
    { name: "members, scrolled", screen: list.screen },
    { name: "settings", screen: bench(keypad, familyView).press(down, down, down, down, enter).screen },
    { name: "settings, long", screen: settings.screen },
    { name: "name of the network", screen: alias.screen },
    { name: "name of the device", screen: typed },
    { name: "name stored", screen: name.press(enter).notify({ kind: "named" }).screen },
    { name: "erase?", screen: reset.screen },
  ];
}

function talk(keypad: Keypad): NamedScreen[] {
  const text = "Supper is ready. Bring the thermometer, and close the window of the greenhouse.";
  const invitation = { ...enrolledView, invitation: { from: "Kitchen", alias: "Garden" } };
  return [
    {
      name: "invited by PNE",
      screen: bench(keypad, invitation, { kind: "invited", from: "Kitchen" }).screen,
    },
    { name: "invited by gateway", screen: bench(keypad, enrolledView, { kind: "invited" }).screen },
    {
      name: "invitation over",
      screen: bench(keypad, enrolledView, { kind: "invited" }, { kind: "invitationOver" }).screen,
    },
    { name: "message", screen: bench(keypad, joinedView, { kind: "message", from: "server", text }).screen },
    {
      name: "message of the gateway",
      screen: bench(keypad, joinedView, { kind: "message", from: "gateway", text }).screen,
    },
    {
      name: "message of a member",
      screen: bench(keypad, joinedView, { kind: "message", from: "member", name: longName, text: "Hello!" })
        .screen,
    },
    {
      name: "something waits",
      screen: bench(keypad, joinedView)
        .press(down)
        .notify({ kind: "message", from: "member", name: "Hall", text }).screen,
    },
    { name: "sent", screen: bench(keypad, joinedView, { kind: "sent", to: "Hall" }).screen },
  ];
}

function errors(keypad: Keypad): NamedScreen[] {
  return [
    { name: "error by itself", screen: bench(keypad, emptyView, failed("crash.watchdog")).screen },
    {
      name: "error with a wait",
      screen: bench(keypad, enrolledView).press(down, enter).notify(failed("throttled", 25)).screen,
    },
    ...errorCodes.map((code) => ({
      name: `error ${code}`,
      screen: bench(keypad, enrolledView).press(down, enter).notify(failed(code)).screen,
    })),
  ];
}

/** Every screen of the core as a device with this keypad shows it, in a language by its code. */
export function everyScreen(keypad: Keypad, code = "en"): NamedScreen[] {
  language = code;
  return [
    { name: "boot", screen: made(keypad).screens[0] as Screen },
    { name: "welcome", screen: made(keypad, emptyView).screen },
    ...typing(keypad),
    ...waiting(keypad),
    ...successes(keypad),
    ...menus(keypad),
    ...talk(keypad),
    ...deviceScreens(keypad, code, fullView),
    ...errors(keypad),
  ];
}
