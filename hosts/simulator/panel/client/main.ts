import type { KeyPress } from "../../../../src/ui/keys.js";
import type { NetworkState, PanelEvent, PanelHello } from "../network.js";
import { Chart } from "./chart.js";
import { Display, softKeys, texts } from "./display.js";
import { Keypad } from "./keypad.js";
import { makeSwitches, showState } from "./state.js";
import { Steps } from "./steps.js";

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
}

const patience = 5_000;
let device = "";
let sending: Promise<unknown> = Promise.resolve();

/** One after the other: letters that are typed fast must not overtake each other. */
function post(path: string, body: unknown): void {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  sending = sending
    .then(() => fetch(path, { ...request, signal: AbortSignal.timeout(patience) }))
    // The event stream tells the person when the simulator is gone.
    .catch(() => undefined);
}

const display = new Display(element<HTMLCanvasElement>("display"));
const keypad = new Keypad(element("keypad"), (key: KeyPress) => post("/press", { device, key }));
const showSwitches = makeSwitches(element("faults"), () => device, post);
const steps = new Steps();
const chart = new Chart({
  scroller: element("chart"),
  rows: element("rows"),
  latest: element<HTMLButtonElement>("latest"),
  empty: element("empty"),
});

// A click leaves the focus where it is, so that a person can click and type by turns.
document.addEventListener("mousedown", (event) => {
  if (event.target instanceof Element && event.target.closest("button") !== null) event.preventDefault();
});

function greet({ devices, demo }: PanelHello): void {
  const first = devices[0];
  device = first?.id ?? "";
  element("label").textContent = first?.label ?? "";
  for (const code of document.querySelectorAll(".demo-user")) code.textContent = demo.userID;
  for (const code of document.querySelectorAll(".demo-password")) code.textContent = demo.password;
  chart.clear();
  steps.restart();
}

function update(state: NetworkState): void {
  showState(element("state"), state);
  showSwitches(state);
  steps.state(state, device);
  const own = state.devices.find(({ id }) => id === device);
  element("device").classList.toggle("off", own?.powered === false);
  element("led").classList.toggle("linked", own?.connected === true);
}

function show(event: PanelEvent | PanelHello): void {
  switch (event.kind) {
    case "hello":
      greet(event);
      break;
    case "screen": {
      if (event.device !== device) break;
      const lines = texts(event.draw);
      display.show(event.draw);
      element("spoken").textContent = lines.join(". ");
      keypad.label(softKeys(event.draw));
      steps.screen(lines);
      break;
    }
    case "state":
      update(event.state);
      break;
    case "message":
      chart.message(event);
      steps.message(event.name, event.to);
      break;
    case "note":
      chart.note(event);
      break;
  }
}

const events = new EventSource("/events");

function connection(live: boolean, text: string): void {
  element("connection").textContent = text;
  document.body.classList.toggle("stopped", !live);
}
events.addEventListener("open", () => connection(true, ""));
events.addEventListener("error", () => {
  const refused = events.readyState === EventSource.CLOSED;
  connection(
    false,
    refused ? "Too many pages are open. Close one and reload." : "The simulator has stopped.",
  );
});
events.addEventListener("message", (message) => {
  show(JSON.parse(message.data as string) as PanelEvent | PanelHello);
});
