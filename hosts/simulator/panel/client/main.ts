import type { KeyPress, Keypad } from "../../../../src/ui/keys.js";
import type { Screen } from "../../../../src/ui/screen.js";
import { ColourPicture } from "../../display/picture.js";
import type { AllSentAssets } from "../../display/pixelFont.js";
import type { SentPicture } from "../../display/sent.js";
import { type BoardName, boardOf } from "../boards.js";
import type { DeviceState, NetworkState, PanelDevice, PanelEvent, PanelHello } from "../network.js";
import { showAudit, showLines } from "./cards.js";
import { Chart } from "./chart.js";
import { Display } from "./display.js";
import { GatewayForm } from "./gateway.js";
import { type Keys, makeKeys } from "./keys.js";
import { Lanes } from "./lanes.js";
import { element } from "./make.js";
import { post } from "./post.js";
import { Shelf } from "./shelf.js";
import { spoken } from "./spoken.js";
import { Steps } from "./steps.js";
import {
  applicationChoice,
  boardChoice,
  deviceSwitches,
  type Front,
  gatewaySwitches,
  makeChoice,
  makeSwitches,
  serverSwitches,
} from "./switches.js";
import { followFinger } from "./touch.js";
import { isTaken, pressOf } from "./typing.js";

const assets = (await (await fetch("/assets.json")).json()) as AllSentAssets;
const colour = new ColourPicture(assets);

let front: Front = { id: "", label: "" };
let board: BoardName | undefined;
let devices: readonly PanelDevice[] = [];
let latest: NetworkState | undefined;
let keys: Keys | undefined;
/** What each device shows now. */
const screens = new Map<string, Screen>();
const pictures = new Map<string, SentPicture | undefined>();

const keypadInFront = (): Keypad | "none" => (board === undefined ? "none" : boardOf(board).keypad);
const press = (key: KeyPress): void => post("/press", { device: front.id, key });
const inFront = (): Front => front;

const display = new Display(element<HTMLCanvasElement>("display"), colour);
const steps = new Steps(element("steps"));
const lanes = new Lanes(element("sheet"), element("lanes"));
const shelf = new Shelf(element("shelf"), colour, select);
const chart = new Chart({
  scroller: element("chart"),
  rows: element("rows"),
  latest: element<HTMLButtonElement>("latest"),
  empty: element("empty"),
  lanes,
});
const gateway = new GatewayForm(inFront);
const showSwitches = [
  makeSwitches(element("device-faults"), deviceSwitches, inFront, post),
  makeChoice(element("device-board"), boardChoice, inFront, post),
  makeChoice(element("device-application"), applicationChoice, inFront, post),
  makeSwitches(element("gateway-faults"), gatewaySwitches, inFront, post),
  makeSwitches(element("server-faults"), serverSwitches, inFront, post),
];

followFinger(element("display"), (event) => {
  if (keypadInFront() !== "touch") return;
  post("/touch", { device: front.id, ...(event !== undefined && { point: display.pointOf(event) }) });
});
document.addEventListener("keydown", (event) => {
  const key = isTaken(event) ? undefined : pressOf(event, keypadInFront());
  if (key === undefined) return;
  event.preventDefault();
  press(key);
  keys?.flash(key);
});
// A click leaves the focus where it is, so that a person can click and type by turns; but who has clicked on the device
// types there, and no more into a field of the gateway.
document.addEventListener("mousedown", (event) => {
  const { target } = event;
  if (!(target instanceof Element)) return;
  const { activeElement } = document;
  if (target.closest("#device, #shelf") !== null && activeElement instanceof HTMLInputElement)
    activeElement.blur();
  if (target.closest("button") !== null && target.closest("dialog") === null) event.preventDefault();
});

function greet(hello: PanelHello): void {
  devices = hello.devices;
  for (const code of document.querySelectorAll(".demo-user")) code.textContent = hello.demo.userID;
  for (const code of document.querySelectorAll(".demo-password")) code.textContent = hello.demo.password;
  shelf.fill(devices);
  lanes.fill(devices);
  chart.begin(devices);
  steps.begin(hello.demo);
  select(devices.some(({ id }) => id === front.id) ? front.id : (devices[0]?.id ?? ""));
}

/** Brings a device to the front. */
function select(id: string): void {
  front = { id, label: devices.find((device) => device.id === id)?.label ?? "" };
  element("label").textContent = front.label;
  element("device-name").textContent = front.label;
  showPicture();
  shelf.select(id);
  chart.select(id);
  steps.restart();
  if (latest !== undefined) update(latest);
  say();
}

/** A display that is dark since nobody uses it is not broken: that is said. */
function showPicture(): void {
  const picture = pictures.get(front.id);
  display.show(picture);
  element("try-dark").hidden = picture?.light !== "dark";
}

/** What the display in front says now; nothing of the one that was there before. */
function say(): void {
  const screen = screens.get(front.id);
  const silent = keypadInFront() === "none" || screen === undefined;
  const text = silent ? "" : spoken(screen);
  const live = element("spoken");
  if (live.textContent !== text) live.textContent = text;
  if (silent) return;
  keys?.label(screen);
  steps.screen(screen.id);
}

/** The device in front has other keys, or none. */
function fitKeys(next: BoardName): void {
  board = next;
  const { keypad } = boardOf(next);
  const faceless = keypad === "none";
  keys = keypad === "none" ? undefined : makeKeys(keypad, press);
  element("keypad").replaceChildren(...(keys === undefined ? [] : [keys.element]));
  for (const [id, hidden] of [
    ["faceless", !faceless],
    ["display", faceless],
    ["keypad", faceless],
    ["try-faceless", !faceless],
  ] as const)
    element(id).hidden = hidden;
  for (const hint of document.querySelectorAll<HTMLElement>("[data-keypad]"))
    hint.hidden = hint.dataset.keypad !== keypad;
  element("display").classList.toggle("touched", keypad === "touch");
  say();
}

/** What is to be done about a device without keys. */
function atGateway({ enrolled, joined }: DeviceState): string {
  if (joined) return "it is in a network.";
  return enrolled ? "invite it at the gateway." : "enrol it at the gateway.";
}

function update(state: NetworkState): void {
  latest = state;
  const own = state.devices.find(({ id }) => id === front.id);
  if (own !== undefined && own.board !== board) fitKeys(own.board);
  showLines(element("device-lines"), state, front.id);
  showLines(element("gateway-lines"), state, "gateway");
  showLines(element("server-lines"), state, "server");
  for (const show of showSwitches) show(state);
  showAudit(element("audit-lines"), state);
  gateway.state(state);
  shelf.state(state);
  const faceless = keypadInFront() === "none";
  if (own !== undefined) steps.state({ faceless, ...own });
  if (own !== undefined) element("try-faceless").textContent = `There is nothing to press: ${atGateway(own)}`;
  element("device").classList.toggle("off", own?.powered === false);
  element("led").classList.toggle("linked", own?.connected === true);
}

function show(event: PanelEvent | PanelHello): void {
  switch (event.kind) {
    case "hello":
      greet(event);
      break;
    case "screen":
      screens.set(event.device, event.screen);
      if (event.device === front.id) say();
      break;
    case "picture":
      pictures.set(event.device, event.picture);
      shelf.picture(event.device, event.picture);
      if (event.device === front.id) showPicture();
      break;
    case "state":
      update(event.state);
      break;
    case "message":
      chart.message(event);
      if (event.devices.includes(front.id)) steps.message(event.name, event.to);
      break;
    case "note":
      chart.note(event);
      break;
  }
}

// It scrolls by itself: who has no mouse comes to it with Tab.
element("audit-lines").tabIndex = 0;

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
