import { type ApplicationName, panelApplicationNames, panelApplications } from "../applications.js";
import { type BoardName, boardNames, boardOf } from "../boards.js";
import type { DeviceState, Fault, NetworkState } from "../network.js";
import { confirmed } from "./confirm.js";
import { make, makeButton } from "./make.js";
import type { Post } from "./post.js";

/** The switches that make trouble, each beside what it changes. */

interface Switch {
  readonly label: string;
  readonly title: string;
  /** True while what it did lasts; then the next click ends it. */
  on?(state: NetworkState, device: DeviceState | undefined): boolean;
  /** Says what the next click does, for a switch that shows no position. */
  readonly undo?: string;
  idle?(device: DeviceState | undefined): boolean;
  /** What is lost by it, for a question first; `name` of the device. */
  readonly loses?: (name: string) => string;
  body(on: boolean, device: string): Fault;
}

export const deviceSwitches: readonly Switch[] = [
  {
    label: "Drop the link",
    title: "Ends the Bluetooth connection now",
    idle: (device) => device?.connected !== true,
    body: (_on, device) => ({ kind: "dropLink", device }),
  },
  {
    label: "Cut the power",
    title: "Takes the device's power away, whatever it is doing, and gives it back",
    undo: "Power on",
    on: (_state, device) => device?.powered === false,
    body: (on, device) => ({ kind: on ? "powerOn" : "cutPower", device }),
  },
  {
    label: "Out of range",
    title: "Carries the device away from the gateway, and back",
    on: (_state, device) => device?.inRange === false,
    body: (on, device) => ({ kind: "outOfRange", on: !on, device }),
  },
  {
    label: "Forget keys",
    title: "Erases the device: the key, the User ID and all networks",
    idle: (device) => device?.powered !== true,
    loses: (name) => `Erase ${name}? Its key, its User ID and its networks are lost.`,
    body: (_on, device) => ({ kind: "forgetKeys", device }),
  },
];

export const gatewaySwitches: readonly Switch[] = [
  {
    label: "Wrong gateway",
    title: "A false gateway takes the place of the true one, until you click again",
    on: (state) => state.faults.rogueGateway,
    body: (on) => ({ kind: "rogueGateway", on: !on }),
  },
];

export const serverSwitches: readonly Switch[] = [
  {
    label: "Server unreachable",
    title: "Cuts the gateway off from the Server, until you click again",
    on: (state) => state.faults.serverUnreachable,
    body: (on) => ({ kind: "serverUnreachable", on: !on }),
  },
];

/** Which device is in front, and what it is called. */
export interface Front {
  readonly id: string;
  readonly label: string;
}

/** Makes the switches; the returned function shows their positions. */
export function makeSwitches(
  container: HTMLElement,
  switches: readonly Switch[],
  front: () => Front,
  post: Post,
): (state: NetworkState) => void {
  const shows = switches.map((one) => {
    let on = false;
    const button = makeButton(one.label, async () => {
      const { id, label } = front();
      const sure = one.loses === undefined || (await confirmed(one.loses(label), one.label));
      if (sure) post("/fault", one.body(on, id));
    });
    button.title = one.title;
    container.append(button);
    return (state: NetworkState) => {
      const own = state.devices.find(({ id }) => id === front().id);
      on = one.on?.(state, own) ?? false;
      button.disabled = one.idle?.(own) ?? false;
      if (one.undo !== undefined) button.textContent = on ? one.undo : one.label;
      else if (one.on !== undefined) button.setAttribute("aria-pressed", String(on));
    };
  });
  return (state) => {
    for (const show of shows) show(state);
  };
}

interface Choice<Name extends string> {
  readonly label: string;
  readonly names: readonly Name[];
  labelOf(name: Name): string;
  fault(device: string, name: Name): Fault;
  now(state: DeviceState): Name;
}

/** The choice of what the device in front is; the returned function shows which it is now. */
export function makeChoice<Name extends string>(
  container: HTMLElement,
  { label, names, labelOf, fault, now }: Choice<Name>,
  front: () => Front,
  post: Post,
): (state: NetworkState) => void {
  const field = make("label", "board", `${label} `);
  const select = make("select", "");
  for (const name of names) {
    const option = make("option", "", labelOf(name));
    option.value = name;
    select.append(option);
  }
  select.addEventListener("change", () => post("/fault", fault(front().id, select.value as Name)));
  field.append(select);
  container.append(field);
  return (state) => {
    const own = state.devices.find(({ id }) => id === front().id);
    if (own !== undefined) select.value = now(own);
  };
}

/** What board it is. */
export const boardChoice: Choice<BoardName> = {
  label: "Board",
  names: boardNames,
  labelOf: (name) => boardOf(name).label,
  fault: (device, board) => ({ kind: "board", device, board }),
  now: ({ board }) => board,
};

/** What it is for. */
export const applicationChoice: Choice<ApplicationName> = {
  label: "It is",
  names: panelApplicationNames,
  labelOf: (name) => panelApplications[name],
  fault: (device, application) => ({ kind: "application", device, application }),
  now: ({ application }) => application,
};
