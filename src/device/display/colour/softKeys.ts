import type { Screen } from "../../../ui/screen.js";
import { widths } from "../widths.js";
import { type Area, type Color, height, type Icon, width } from "./items.js";
import { isTouched, type Look } from "./look.js";
import { footerHeight } from "./metrics.js";
import type { Sheet } from "./sheet.js";

const top = height - footerHeight;
const badge = 20;
const gap = 5;
const padding = 4;

/** What is drawn before a label: the letter on the keypad's key, or the sign on a keyboard's. */
export type Badge = { readonly letter: string } | { readonly icon: Icon } | undefined;

const typing: readonly Icon[] = Object.freeze(["backspace", "tab", "escape", "enter"]);
const moving: readonly Icon[] = Object.freeze(["up", "down", "escape", "enter"]);

function badgeOf(screen: Screen, index: number): Badge {
  if (screen.softKeys.length !== 4) return undefined;
  switch (screen.status?.keypad) {
    case "touch":
      return undefined;
    case "keyboard": {
      const icon = (screen.field === undefined ? moving : typing)[index];
      return icon && { icon };
    }
    default:
      return { letter: "ABCD".charAt(index) };
  }
}

/** Where each soft key can be touched. */
export function softKeyAreas(screen: Screen, measure: (text: string) => number): Area[] {
  const { softKeys: labels } = screen;
  const needs = labels.map((label, index) =>
    label === ""
      ? 0
      : measure(label) + 2 * padding + (badgeOf(screen, index) === undefined ? 0 : badge + gap),
  );
  // Three labels stand above their buttons, wherever the others need room.
  const each = labels.length === 3 ? labels.map(() => width / 3) : widths(needs, width);
  let x = 0;
  return each.map((w) => {
    const area = { x: Math.round(x), y: top, w: Math.round(x + w) - Math.round(x), h: footerHeight };
    x += w;
    return area;
  });
}

export function drawSoftKeys(sheet: Sheet, screen: Screen, look: Look): void {
  const { softKeys: labels } = screen;
  if (labels.every((label) => label === "")) return;
  const touch = screen.status?.keypad === "touch";
  sheet.rect(0, top, width, footerHeight, "dim");
  const measure = sheet.measure("body");
  softKeyAreas(screen, measure).forEach((area, index) => {
    const label = labels[index] ?? "";
    if (label === "") return;
    const held = isTouched(look, area);
    const ground = held ? "accent" : "card";
    if (touch) sheet.rect(area.x + 3, top + 3, area.w - 6, footerHeight - 6, ground, true);
    drawLabel(sheet, label, badgeOf(screen, index), area, held ? "onBar" : "ink");
  });
}

function drawLabel(sheet: Sheet, label: string, sign: Badge, area: Area, ink: Color): void {
  const { body, title } = sheet.fonts.heights;
  const room = area.w - 2 * padding - (sign === undefined ? 0 : badge + gap);
  const w = Math.min(room, sheet.fonts.width(label, "body"));
  const whole = w + (sign === undefined ? 0 : badge + gap);
  let x = area.x + ((area.w - whole) >> 1);
  const y = top + ((footerHeight - badge) >> 1);
  if (sign !== undefined) {
    sheet.rect(x, y, badge, badge, "accent", true);
    if ("icon" in sign) sheet.icon(sign.icon, x, y, badge, badge, "onBar");
    else sheet.text(sign.letter, x, y + ((badge - title) >> 1), badge, "title", "onBar", "center");
    x += badge + gap;
  }
  sheet.text(label, x, top + ((footerHeight - body) >> 1), w, "body", ink);
}
