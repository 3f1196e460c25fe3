import type { KeyPress } from "../../../../src/ui/keys.js";
import type { DrawItem } from "../../../../src/ui/render.js";
import type { NetworkState, PanelDevice, PanelEvent, PanelHello } from "../network.js";
import { Chart } from "./chart.js";
import { Display, softKeys, texts } from "./display.js";
import { makeGateway } from "./gateway.js";
import { Keypad } from "./keypad.js";
import { Lanes } from "./lanes.js";
import { Shelf } from "./shelf.js";
import { makeSwitches, showAudit, showState } from "./state.js";
import { Steps } from "./steps.js";

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
}

const patience = 5_000;
let device = "";
let devices: readonly PanelDevice[] = [];
let latest: NetworkState | undefined;
/** What each device shows now. */
const screens = new Map<string, readonly DrawItem[]>();
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
const keypad = new Keypad(element("keypad"), (key: KeyPress) => {
  if (devices.find(({ id }) => id === device)?.keypad !== "none") post("/press", { device, key });
});
const showSwitches = makeSwitches(element("faults"), () => device, post);
const showGateway = makeGateway(element("gateway"), post);
const steps = new Steps();
const lanes = new Lanes(element("sheet"), element("lanes"));
const shelf = new Shelf(element("shelf"), select);
const chart = new Chart({
  scroller: element("chart"),
  rows: element("rows"),
  latest: element<HTMLButtonElement>("latest"),
  empty: element("empty"),
  lanes,
});

// A click leaves the focus where it is, so that a person can click and type by turns.
document.addEventListener("mousedown", (event) => {
  if (event.target instanceof Element && event.target.closest("button") !== null) event.preventDefault();
});

function greet(hello: PanelHello): void {
  devices = hello.devices;
  for (const code of document.querySelectorAll(".demo-user")) code.textContent = hello.demo.userID;
  for (const code of document.querySelectorAll(".demo-password")) code.textContent = hello.demo.password;
  shelf.fill(devices);
  lanes.fill(devices);
  chart.clear();
  select(devices.some(({ id }) => id === device) ? device : (devices[0]?.id ?? ""));
}

/** Brings a device to the front. */
function select(id: string): void {
  device = id;
  const own = devices.find((one) => one.id === id);
  const faceless = own?.keypad === "none";
  element("label").textContent = own?.label ?? "";
  element("faceless").hidden = !faceless;
  element("display").hidden = faceless;
  element("keypad").hidden = faceless;
  showGateway(own);
  shelf.select(id);
  chart.select(id);
  steps.restart();
  const draw = screens.get(id);
  if (draw !== undefined) face(draw);
  if (latest !== undefined) update(latest);
}

function face(draw: readonly DrawItem[]): void {
  const lines = texts(draw);
  display.show(draw);
  element("spoken").textContent = lines.join(". ");
  keypad.label(softKeys(draw));
  steps.screen(lines);
}

function update(state: NetworkState): void {
  latest = state;
  showState(element("state"), state, device);
  showSwitches(state);
  showAudit(element("audit-lines"), state);
  shelf.state(state);
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
    case "screen":
      screens.set(event.device, event.draw);
      shelf.screen(event.device, event.draw);
      if (event.device === device) face(event.draw);
      break;
    case "state":
      update(event.state);
      break;
    case "message":
      chart.message(event);
      if (event.device === device) steps.message(event.name, event.to);
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
