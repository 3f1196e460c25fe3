import { Chart, type MessageEvent_, type NoteEvent } from "./chart.js";
import { type DrawItem, drawScreen, listenToKeyboard, makeKeypad, type Press, spoken } from "./device.js";
import { makeSwitches, type NetworkState, showState } from "./state.js";

type PanelEvent =
  | { kind: "hello"; devices: { id: string; label: string }[]; demo: { userID: string; password: string } }
  | { kind: "screen"; device: string; draw: DrawItem[] }
  | { kind: "state"; state: NetworkState }
  | MessageEvent_
  | NoteEvent;

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as T;
}

let device = "";
const chart = new Chart(element<HTMLOListElement>("chart"), element<HTMLButtonElement>("latest"));
const done = { joined: false, sent: false };

/** One after the other: a browser sends over several connections, and letters must not overtake each other. */
let posted: Promise<unknown> = Promise.resolve();

function post(path: string, body: unknown): void {
  const headers = { "Content-Type": "application/json" };
  posted = posted
    .then(() => fetch(path, { method: "POST", headers, body: JSON.stringify(body) }))
    .catch(() => {
      element("connection").textContent = "The simulator has stopped.";
    });
}

const press = (key: Press): void => post("/press", { device, key });
makeKeypad(element("keypad"), press);
listenToKeyboard(press);
const showSwitches = makeSwitches(element("faults"), () => device, post);

let screenText = "";
let enrolled = false;
let password = false;

/** Lights up what comes next. */
function showSteps(): void {
  // What follows the password, until it succeeds, still belongs to it.
  if (/Password/.test(screenText)) password = true;
  else if (/User ID|Welcome/.test(screenText)) password = false;
  const order = ["step-user", "step-password", "step-join", "step-send"];
  const at = done.sent ? 4 : done.joined ? 3 : enrolled ? 2 : password ? 1 : 0;
  for (const [index, id] of order.entries()) {
    const step = element(id);
    step.classList.toggle("done", index < at);
    step.classList.toggle("now", index === at);
  }
}

function show(event: PanelEvent): void {
  switch (event.kind) {
    case "hello":
      device = event.devices[0]?.id ?? "";
      element("demo-user").textContent = event.demo.userID;
      element("demo-password").textContent = event.demo.password;
      chart.clear();
      break;
    case "screen":
      screenText = spoken(event.draw);
      drawScreen(element<HTMLCanvasElement>("display"), event.draw);
      element("spoken").textContent = screenText;
      break;
    case "state": {
      const own = event.state.entities[0]?.lines ?? [];
      enrolled = own.some((line) => line.label === "EUKey" && line.tone === "good");
      done.joined = own.some((line) => line.label === "PN" && line.tone === "good");
      showState(element("state"), event.state);
      showSwitches(event.state);
      element("device").classList.toggle("off", event.state.devices[0]?.powered === false);
      break;
    }
    case "message":
      if (event.name === "ApplicationData" && event.to === "PNE") done.sent = true;
      chart.message(event);
      break;
    case "note":
      chart.note(event);
      break;
  }
  showSteps();
}

const events = new EventSource("/events");
events.addEventListener("open", () => {
  element("connection").textContent = "";
});
events.addEventListener("error", () => {
  element("connection").textContent = "The simulator has stopped.";
});
events.addEventListener("message", (message) => {
  show(JSON.parse(message.data as string) as PanelEvent);
});
