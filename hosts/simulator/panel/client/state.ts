/** Keys and sessions of each entity, and the switches that make trouble. */

export interface NetworkState {
  entities: { id: string; label: string; lines: { label: string; value: string; tone: string }[] }[];
  faults: { rogueGateway: boolean; serverUnreachable: boolean };
  devices: { id: string; powered: boolean; connected: boolean; inRange: boolean }[];
}

export function showState(container: HTMLElement, state: NetworkState): void {
  container.replaceChildren(
    ...state.entities.map((entity) => {
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

export type Post = (path: string, body: unknown) => void;

interface Switch {
  readonly label: string;
  readonly title: string;
  pressed?(state: NetworkState): boolean;
  body(pressed: boolean, device: string): unknown;
}

const switches: readonly Switch[] = [
  {
    label: "Drop the link",
    title: "Ends the Bluetooth connection now",
    body: (_pressed, device) => ({ kind: "dropLink", device }),
  },
  {
    label: "Power off",
    title: "Cuts the device's power; press again to switch it on",
    pressed: (state) => state.devices[0]?.powered === false,
    body: (pressed, device) => ({ kind: pressed ? "powerOn" : "cutPower", device }),
  },
  {
    label: "Out of range",
    title: "Carries the device away from the gateway and back",
    pressed: (state) => state.devices[0]?.inRange === false,
    body: (pressed, device) => ({ kind: "outOfRange", on: !pressed, device }),
  },
  {
    label: "Forget keys",
    title: "Factory reset of the device",
    body: (_pressed, device) => ({ kind: "forgetKeys", device }),
  },
  {
    label: "Wrong gateway",
    title: "A false gateway takes the place of the true one",
    pressed: (state) => state.faults.rogueGateway,
    body: (pressed) => ({ kind: "rogueGateway", on: !pressed }),
  },
  {
    label: "Server unreachable",
    title: "Cuts the gateway off from the Server",
    pressed: (state) => state.faults.serverUnreachable,
    body: (pressed) => ({ kind: "serverUnreachable", on: !pressed }),
  },
];

/** Makes the switches; the returned function shows their positions. */
export function makeSwitches(
  container: HTMLElement,
  device: () => string,
  post: Post,
): (state: NetworkState) => void {
  const buttons = switches.map((one) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.label;
    button.title = one.title;
    if (one.pressed !== undefined) button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      post("/fault", one.body(button.getAttribute("aria-pressed") === "true", device()));
      button.blur();
    });
    container.append(button);
    return { one, button };
  });
  return (state) => {
    for (const { one, button } of buttons) {
      if (one.pressed !== undefined) button.setAttribute("aria-pressed", String(one.pressed(state)));
    }
  };
}
