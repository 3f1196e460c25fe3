import type { Fault, NetworkState } from "../network.js";

/** Keys and sessions of each entity, and the switches that make trouble. */

/** The cards of the device that is in front, of the gateway and of the Server. */
export function showState(container: HTMLElement, state: NetworkState, device: string): void {
  const others = new Set(state.devices.map(({ id }) => id).filter((id) => id !== device));
  container.replaceChildren(
    ...state.entities
      .filter(({ id }) => !others.has(id))
      .map((entity) => {
        const card = document.createElement("section");
        card.className = "card state";
        const title = document.createElement("h2");
        title.textContent = entity.label;
        const list = document.createElement("dl");
        for (const { label, value, tone } of entity.lines) {
          const row = document.createElement("div");
          const term = document.createElement("dt");
          term.textContent = label;
          const definition = document.createElement("dd");
          definition.textContent = value;
          definition.className = tone;
          row.append(term, definition);
          list.append(row);
        }
        card.append(title, list);
        return card;
      }),
  );
}

/** The Server's audit log, newest first. */
export function showAudit(list: HTMLElement, { audit }: NetworkState): void {
  const lines = audit.map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  });
  list.replaceChildren(...lines.reverse());
}

export type Post = (path: string, body: unknown) => void;

type DeviceState = NetworkState["devices"][number];

interface Switch {
  readonly label: string;
  readonly title: string;
  /** True while what it did lasts; then the next click ends it. */
  on?(state: NetworkState, device: DeviceState | undefined): boolean;
  /** Says what the next click does, for a switch that shows no position. */
  readonly undo?: string;
  idle?(device: DeviceState | undefined): boolean;
  body(on: boolean, device: string): Fault;
}

const switches: readonly Switch[] = [
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
    idle: (device) => device?.powered === false,
    body: (_on, device) => ({ kind: "forgetKeys", device }),
  },
  {
    label: "Wrong gateway",
    title: "A false gateway takes the place of the true one, until you click again",
    on: (state) => state.faults.rogueGateway,
    body: (on) => ({ kind: "rogueGateway", on: !on }),
  },
  {
    label: "Server unreachable",
    title: "Cuts the gateway off from the Server, until you click again",
    on: (state) => state.faults.serverUnreachable,
    body: (on) => ({ kind: "serverUnreachable", on: !on }),
  },
];

/** Makes the switches; the returned function shows their positions. */
export function makeSwitches(
  container: HTMLElement,
  device: () => string,
  post: Post,
): (state: NetworkState) => void {
  const shows = switches.map((one) => {
    const button = document.createElement("button");
    let on = false;
    button.type = "button";
    button.textContent = one.label;
    button.title = one.title;
    button.addEventListener("click", () => post("/fault", one.body(on, device())));
    container.append(button);
    return (state: NetworkState) => {
      const own = state.devices.find(({ id }) => id === device());
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
