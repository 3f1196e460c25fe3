import type { PneView } from "../pne/ports.js";
import type { Strings } from "./strings/strings.js";

export type MenuItem = keyof Strings["menu"];

const outside: readonly MenuItem[] = Object.freeze(["createPN", "createAll", "settings"]);
const inside: readonly MenuItem[] = Object.freeze([
  "sendToServer",
  "sendToGateway",
  "members",
  "leavePN",
  "settings",
]);
const own: readonly MenuItem[] = Object.freeze([
  "sendToServer",
  "sendToGateway",
  "members",
  "leavePN",
  "dissolvePN",
  "settings",
]);
const settings: readonly MenuItem[] = Object.freeze(["deviceName", "enrolAgain", "factoryReset"]);
const settingsOfDevice: readonly MenuItem[] = Object.freeze([
  "deviceName",
  "enrolAgain",
  "diagnostics",
  "factoryReset",
]);

/** What an enrolled device offers, in a PN or outside. */
export const menuOf = (view: PneView): readonly MenuItem[] => {
  if (view.pn === undefined) return outside;
  return view.pn.started && view.pn.members.length > 1 ? own : inside;
};

/** `diagnostics`: the host counts what a maker asks about. */
export const settingsMenu = (diagnostics: boolean): readonly MenuItem[] =>
  diagnostics ? settingsOfDevice : settings;
