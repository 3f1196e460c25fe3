import type { Screen } from "../../../ui/screen.js";
import { widths } from "../widths.js";
import type { Area, Color, Icon } from "./items.js";
import { isTouched, type Look } from "./look.js";
import type { Grid } from "./metrics.js";
import type { Sheet } from "./sheet.js";

const badge = 20;

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
export function softKeyAreas(grid: Grid, screen: Screen, measure: (text: string) => number): Area[] {
  const { softKeys: labels } = screen;
  const needs = labels.map((label, index) =>
    label === ""
      ? 0
      : measure(label) +
        2 * grid.badgePad +
        (badgeOf(screen, index) === undefined ? 0 : badge + grid.badgeGap),
  );
  // Three labels stand above their buttons, wherever the others need room.
  const each = labels.length === 3 ? labels.map(() => grid.width / 3) : widths(needs, grid.width);
  let x = 0;
  return each.map((w) => {
    const area = {
      x: Math.round(x),
      y: grid.bodyBottom,
      w: Math.round(x + w) - Math.round(x),
      h: grid.footerHeight,
    };
    x += w;
    return area;
  });
}

export function drawSoftKeys(sheet: Sheet, screen: Screen, look: Look): void {
  const { softKeys: labels } = screen;
  if (labels.every((label) => label === "")) return;
  const touch = screen.status?.keypad === "touch";
  const { grid } = sheet;
  sheet.rect(0, grid.bodyBottom, grid.width, grid.footerHeight, "dim");
  const measure = sheet.measure("body");
  softKeyAreas(sheet.grid, screen, measure).forEach((area, index) => {
    const label = labels[index] ?? "";
    if (label === "") return;
    const held = isTouched(look, area);
    const ground = held ? "accent" : "card";
    if (touch) sheet.rect(area.x + 3, grid.bodyBottom + 3, area.w - 6, grid.footerHeight - 6, ground, true);
    drawLabel(sheet, label, badgeOf(screen, index), area, held ? "onBar" : "ink");
  });
}

function drawLabel(sheet: Sheet, label: string, sign: Badge, area: Area, ink: Color): void {
  const { body, title } = sheet.fonts.heights;
  const { grid } = sheet;
  const room = area.w - 2 * grid.badgePad - (sign === undefined ? 0 : badge + grid.badgeGap);
  const w = Math.min(room, sheet.fonts.width(label, "body"));
  const whole = w + (sign === undefined ? 0 : badge + grid.badgeGap);
  let x = area.x + ((area.w - whole) >> 1);
  const y = grid.bodyBottom + ((grid.footerHeight - badge) >> 1);
  if (sign !== undefined) {
    sheet.rect(x, y, badge, badge, "accent", true);
    if ("icon" in sign) sheet.icon(sign.icon, x, y, badge, badge, "onBar");
    else sheet.text(sign.letter, x, y + ((badge - title) >> 1), badge, "title", "onBar", "center");
    x += badge + grid.badgeGap;
  }
  sheet.text(label, x, grid.bodyBottom + ((grid.footerHeight - body) >> 1), w, "body", ink);
}
