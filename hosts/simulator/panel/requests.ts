import { large } from "../../../src/device/display/colour/metrics.js";
import type { Point } from "../../../src/device/display/colour/touchKeypad.js";
import type { KeyPress, MatrixKey, NamedKey } from "../../../src/ui/keys.js";
import { panelApplicationNames } from "./applications.js";
import { type BoardName, boardNames } from "./boards.js";
import type { Fault, GatewayWish } from "./network.js";

/** What the page may post; anything else is refused with one line. */

const matrix: readonly string[] = [..."0123456789*#ABCD"];
const named: readonly string[] = ["enter", "backspace", "escape", "tab", "up", "down"];
const buttons: readonly string[] = ["left", "middle", "right"];
const deviceFaults: readonly string[] = ["dropLink", "cutPower", "powerOn", "forgetKeys"];

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RangeError("not an object");
  return value as Fields;
}

function device(value: Fields, known: readonly string[]): string {
  const id = value.device;
  if (typeof id !== "string" || !known.includes(id)) throw new RangeError("unknown device");
  return id;
}

function key(value: unknown): KeyPress {
  const press = fields(value);
  const long = press.long === true;
  const name = press.key;
  if (press.kind === "matrix" && typeof name === "string" && matrix.includes(name)) {
    return { kind: "matrix", key: name as MatrixKey, long };
  }
  if (press.kind === "named" && typeof name === "string" && named.includes(name)) {
    return { kind: "named", key: name as NamedKey };
  }
  const { code, button } = press as { readonly code?: unknown; readonly button?: unknown };
  if (press.kind === "character" && typeof code === "number" && code >= 0x20 && code <= 0x7e) {
    return { kind: "character", code: Math.floor(code) };
  }
  if (press.kind === "button" && typeof button === "string" && buttons.includes(button)) {
    return {
      kind: "button",
      button: button as "left" | "middle" | "right",
      long,
      repeat: press.repeat === true,
    };
  }
  throw new RangeError("unknown key");
}

/** Throws RangeError with what is wrong. */
export function readPress(
  value: unknown,
  known: readonly string[],
): { readonly device: string; readonly key: KeyPress } {
  const body = fields(value);
  return { device: device(body, known), key: key(body.key) };
}

const inside = (value: unknown, size: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < size;

/** A finger on a display, or one that leaves it. Throws RangeError with what is wrong. */
export function readTouch(
  value: unknown,
  known: readonly string[],
): { readonly device: string; readonly point: Point | undefined } {
  const body = fields(value);
  if (body.point === undefined) return { device: device(body, known), point: undefined };
  const { x, y } = fields(body.point);
  if (!inside(x, large.width) || !inside(y, large.height)) throw new RangeError("a point is on the display");
  return { device: device(body, known), point: { x, y } };
}

/** Throws RangeError with what is wrong. */
export function readFault(value: unknown, known: readonly string[]): Fault {
  const body = fields(value);
  const kind = body.kind;
  const on = body.on;
  if (kind === "rogueGateway" || kind === "serverUnreachable") {
    if (typeof on !== "boolean") throw new RangeError("on is true or false");
    return { kind, on };
  }
  if (kind === "outOfRange") {
    if (typeof on !== "boolean") throw new RangeError("on is true or false");
    return { kind, on, device: device(body, known) };
  }
  if (kind === "board") {
    const { board } = body;
    if (!boardNames.includes(board as BoardName)) throw new RangeError(`a board is ${boardNames.join(", ")}`);
    return { kind, device: device(body, known), board: board as BoardName };
  }
  if (kind === "application") {
    const application = panelApplicationNames.find((name) => name === body.application);
    if (application === undefined)
      throw new RangeError(`an application is ${panelApplicationNames.join(", ")}`);
    return { kind, device: device(body, known), application };
  }
  if (typeof kind === "string" && deviceFaults.includes(kind)) {
    return { kind, device: device(body, known) } as Fault;
  }
  throw new RangeError("unknown switch");
}

function credential(value: unknown, name: string, most: number): string {
  if (typeof value !== "string" || value.length > most || !/^[ -~]+$/.test(value)) {
    throw new RangeError(`${name}: 1 to ${most} letters, digits and signs of ASCII`);
  }
  return value;
}

/** Throws RangeError with what is wrong. */
export function readWish(value: unknown, known: readonly string[]): GatewayWish {
  const body = fields(value);
  const { kind } = body;
  if (kind === "invite") return { kind };
  if (kind === "update") return { kind, device: device(body, known) };
  if (kind === "end") {
    const { network } = body;
    if (typeof network !== "string" || !/^[0-9a-f]{2,64}$/.test(network))
      throw new RangeError("unknown network");
    return { kind, network };
  }
  if (kind !== "register" && kind !== "enrol") throw new RangeError("unknown wish");
  const userID = credential(body.userID, "User ID", 32);
  const password = credential(body.password, "password", 64);
  if (kind === "enrol") return { kind, device: device(body, known), userID, password };
  if (body.oldPassword === undefined) return { kind, userID, password };
  return { kind, userID, password, oldPassword: credential(body.oldPassword, "old password", 64) };
}
