import type { Screen } from "../../ui/screen.js";
import type { DisplayPort } from "../board.js";

/** What `npm run firmware:screenshot` looks for in what a terminal has shown. */
export const dataMark = "screen: ";

/** A screen as a person reads it. */
export function screenText({ id, title, tone, lines, progress, menu, hint, softKeys }: Screen): string[] {
  const text = [`[${id}] ${title}${tone === "normal" ? "" : ` (${tone})`}`];
  lines.forEach((line) => {
    text.push(`  ${line}`);
  });
  if (progress !== undefined) text.push(`  ${progress.label}${percent(progress.fraction)}`);
  menu?.items.forEach((item, at) => {
    text.push(`${at === menu.selected ? "> " : "  "}${item}`);
  });
  if (menu?.items.length === 0 && menu.none !== undefined) text.push(`  ${menu.none}`);
  if (hint !== undefined) text.push(`  ${hint}`);
  if (softKeys.length > 0) text.push(`keys: ${softKeys.map((label) => label || "-").join(" | ")}`);
  return text;
}

const percent = (fraction: number | undefined): string =>
  fraction === undefined ? "" : ` ${Math.floor(fraction * 100)} %`;

/** One line of ASCII from which a host draws what the display shows. */
export function screenData(screen: Screen, display: DisplayPort["kind"]): string {
  const text = JSON.stringify({ display, screen: inRAM(screen) });
  let ascii = "";
  for (const character of text) ascii += escaped(character.codePointAt(0) as number);
  return `${dataMark}${ascii}`;
}

/** JSON's escapes are of UTF-16. XS's expressions see code points, so that none of them finds half of one. */
function escaped(point: number): string {
  if (point < 0x7f) return String.fromCharCode(point);
  const above = point - 0x10000;
  const units = above < 0 ? [point] : [0xd800 | (above >> 10), 0xdc00 | (above & 0x3ff)];
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** XS cannot make JSON of arrays that are preloaded. */
function inRAM(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inRAM);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inRAM(inner)]));
}
