import type { ErrorCode } from "../base/errorCodes.js";
import type { PneView } from "../pne/ports.js";
import type { Entry } from "./entry.js";
import type { Keypad } from "./keys.js";
import { type MenuItem, menuOf, settingsMenu } from "./menus.js";
import type { Screen, ScreenStatus } from "./screen.js";
import { errorText, type Strings } from "./strings/strings.js";

export type Success = "enrolled" | "joined" | "erased" | "dissolved";

/** Screens with a text field. */
export type EntryState = "userID" | "password" | "deviceName" | "alias";

/** Where the person is; typed text and keys are not in it. */
export type ScreenState =
  | { readonly at: "boot" | "welcome" | "reset" | "invited" }
  | { readonly at: EntryState; readonly problem?: ErrorCode }
  | { readonly at: "progress"; readonly step: string; readonly fraction?: number }
  | { readonly at: "success"; readonly what: Success }
  | { readonly at: "home" | "settings" | "members"; readonly selected: number }
  | {
      readonly at: "message";
      readonly from: "server" | "gateway" | "member";
      readonly name?: string;
      readonly text: string;
    }
  /** A sentence to be read once. */
  | { readonly at: "note"; readonly text: string }
  /** What the host counts, as it was when the person asked. */
  | { readonly at: "diagnostics"; readonly lines: readonly string[] }
  | { readonly at: "error"; readonly code: ErrorCode; readonly until?: number };

export interface DrawContext {
  readonly strings: Strings;
  readonly view: PneView;
  readonly entry: Entry | undefined;
  readonly keypad: Keypad;
  readonly firmware: string;
  readonly diagnostics: boolean;
  readonly now: number;
}

/** The screen of a state. */
export const draw = (state: ScreenState, context: DrawContext): Screen => ({
  ...drawState(state, context),
  status: statusOf(context),
});

function statusOf({ view, keypad }: DrawContext): ScreenStatus {
  const { pn, connected } = view;
  const link = pn?.away === true ? "away" : !connected ? "none" : pn?.secure === true ? "secure" : "open";
  return { keypad, enrolled: view.keys !== "empty", link };
}

function drawState(state: ScreenState, context: DrawContext): Screen {
  const { strings } = context;
  switch (state.at) {
    case "boot":
      return page("boot", "CPNS", []);
    case "welcome":
      return {
        ...page("welcome", strings.welcome.title, strings.welcome.lines),
        softKeys: softKeys(context, "", "", "", strings.enrol),
      };
    case "userID":
    case "password":
    case "deviceName":
    case "alias":
      return entryScreen(state, context);
    case "progress":
      return progressScreen(state, context);
    case "success":
      return successScreen(state.what, context);
    case "home":
      return homeScreen(state.selected, context);
    case "settings":
      return settingsScreen(state.selected, context);
    case "members":
      return membersScreen(state.selected, context);
    case "invited":
      return invitedScreen(context);
    case "note":
      return { ...page("note", "", [state.text]), softKeys: softKeys(context, "", "", "", strings.keys.ok) };
    case "diagnostics":
      return {
        ...page("diagnostics", strings.diagnostics, state.lines),
        softKeys: softKeys(context, "", "", "", strings.keys.ok),
      };
    case "reset":
      return resetScreen(context);
    case "message":
      return {
        ...page(
          "message",
          strings.message[state.from].replace("%", () => state.name ?? ""),
          [state.text],
        ),
        softKeys: softKeys(context, "", "", "", strings.keys.ok),
      };
    case "error":
      return errorScreen(state, context);
  }
}

const page = (id: string, title: string, lines: readonly string[]): Screen => ({
  id,
  title,
  tone: "normal",
  lines,
  softKeys: [],
});

/** Four labels for A to D; three buttons move with left and right and take with the middle. */
function softKeys(context: DrawContext, a: string, b: string, c: string, d: string): readonly string[] {
  return context.keypad === "buttons" ? [a, d === "" ? c : d, b] : [a, b, c, d];
}

function entryScreen(state: ScreenState & { at: EntryState }, context: DrawContext): Screen {
  const { strings, entry } = context;
  const problem = state.problem === undefined ? undefined : errorText(strings, state.problem);
  const naming = state.at === "deviceName" || state.at === "alias";
  const title = state.at === "deviceName" ? strings.settings.title : strings.menu.createAll;
  const help = state.at === "alias" ? [strings.optional] : [];
  const base = page(
    state.at,
    naming ? title : strings.enrol,
    problem === undefined ? help : [`${problem.what} ${problem.next}`],
  );
  if (entry === undefined) return base;
  return {
    ...base,
    tone: problem === undefined ? "normal" : "error",
    field: entry.field(),
    hint: entry.hint(),
    softKeys: entry.softKeys(),
  };
}

function progressScreen(state: ScreenState & { at: "progress" }, context: DrawContext): Screen {
  const { strings } = context;
  const steps: Readonly<Record<string, string>> = strings.progress;
  const deriving = state.fraction !== undefined && state.fraction < 1;
  const label = deriving ? strings.progress.derive : (steps[state.step] ?? state.step);
  return {
    ...page("progress", label, []),
    progress: {
      label: strings.wait,
      ...(deriving && { fraction: state.fraction ?? 0 }),
    },
    softKeys: softKeys(context, "", "", strings.keys.cancel, ""),
  };
}

function successScreen(what: Success, context: DrawContext): Screen {
  const { strings } = context;
  const text = what === "erased" ? { title: strings.reset.done, lines: [] } : strings[what];
  return {
    ...page(what, text.title, text.lines),
    tone: "success",
    softKeys: softKeys(context, "", "", "", strings.keys.ok),
  };
}

function menu(items: readonly MenuItem[], selected: number, strings: Strings): NonNullable<Screen["menu"]> {
  return { items: items.map((item) => strings.menu[item]), selected };
}

function homeScreen(selected: number, context: DrawContext): Screen {
  const { strings, view } = context;
  const items = menuOf(view);
  const { keys } = strings;
  return {
    ...page(
      "home",
      view.pn === undefined ? strings.home : view.pn.away ? strings.away : (view.pn.alias ?? strings.inPN),
      [],
    ),
    menu: menu(items, Math.min(selected, items.length - 1), strings),
    softKeys: softKeys(context, keys.up, keys.down, "", keys.select),
  };
}

function settingsScreen(selected: number, context: DrawContext): Screen {
  const { strings, view, firmware, diagnostics } = context;
  const { settings, keys } = strings;
  const waiting = view.keys === "staged" ? ` (${settings.waiting})` : "";
  return {
    ...page("settings", settings.title, [
      `${settings.name}: ${view.name ?? settings.none}`,
      `${settings.user}: ${view.userID ?? settings.none}`,
      `${settings.device}: ${view.entityID?.slice(0, 16) ?? settings.none}`,
      `${settings.key}: ${view.euKeyID ?? settings.none}${waiting}`,
      `${settings.firmware}: ${firmware}`,
    ]),
    menu: menu(settingsMenu(diagnostics), selected, strings),
    softKeys: softKeys(context, keys.up, keys.down, keys.back, keys.select),
  };
}

/** Those who are in; one that is chosen is said hello to. */
function membersScreen(selected: number, context: DrawContext): Screen {
  const { strings, view } = context;
  const { keys } = strings;
  const items = (view.pn?.members ?? []).map((member) => {
    const name = member.name ?? member.id.slice(0, 16);
    return member.id === view.entityID ? `${name} (${strings.you})` : name;
  });
  return {
    ...page("members", view.pn?.alias ?? strings.members, []),
    menu: { items, selected: Math.min(selected, items.length - 1), none: strings.nobody },
    softKeys: softKeys(context, keys.up, keys.down, keys.back, items.length > 1 ? keys.hello : ""),
  };
}

/** PNI-02, GWI-01: nobody is taken into a PN without being asked. */
function invitedScreen(context: DrawContext): Screen {
  const { strings, view } = context;
  const { invited } = strings;
  const { from, alias } = view.invitation ?? {};
  const line = from === undefined ? invited.byGateway : invited.byPNE.replace("%", () => from.slice(0, 32));
  const labels =
    context.keypad === "buttons" ? [invited.no, "", invited.yes] : ["", "", invited.no, invited.yes];
  const lines = alias === undefined ? [line] : [line, invited.alias.replace("%", () => alias)];
  return { ...page("invited", invited.title, lines), softKeys: labels };
}

function resetScreen(context: DrawContext): Screen {
  const { strings, keypad } = context;
  const lines = {
    matrix: strings.reset.lines,
    buttons: strings.reset.linesButtons,
    keyboard: strings.reset.linesKeyboard,
    touch: strings.reset.linesTouch,
  };
  return {
    ...page("reset", strings.reset.title, lines[keypad]),
    tone: "error",
    softKeys: softKeys(context, "", "", strings.keys.back, keypad === "touch" ? strings.reset.erase : ""),
  };
}

function errorScreen(state: ScreenState & { at: "error" }, context: DrawContext): Screen {
  const { strings, now } = context;
  const text = errorText(strings, state.code);
  const left = Math.ceil(((state.until ?? 0) - now) / 1000);
  const waiting = left > 0;
  const lines = [text.what, waiting ? strings.retryIn.replace("%", `${left}`) : text.next];
  return {
    ...page("error", text.title, lines),
    tone: "error",
    softKeys: softKeys(context, "", "", strings.keys.home, waiting ? "" : strings.keys.retry),
  };
}
