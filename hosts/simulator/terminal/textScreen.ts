import type { Screen } from "../../../src/ui/screen.js";

const marks: Readonly<Record<Screen["tone"], string>> = { normal: "", success: " ✓", error: " ✗" };

/** A screen in lines of text, for a terminal; what is masked stays masked. */
export function textOf(screen: Screen): readonly string[] {
  const { title, tone, lines, field, progress, menu, hint, softKeys } = screen;
  const text = [`${title}${marks[tone]}`, "─".repeat(Math.max(8, title.length)), ...lines];
  if (field !== undefined) text.push(`${field.label}: ${field.text}_`);
  if (progress !== undefined) {
    const { label, fraction } = progress;
    text.push(fraction === undefined ? `${label} …` : `${label} ${Math.round(fraction * 100)} %`);
  }
  if (menu !== undefined) {
    if (menu.items.length === 0 && menu.none !== undefined) text.push(menu.none);
    for (const [i, item] of menu.items.entries()) text.push(`${i === menu.selected ? "▸" : " "} ${item}`);
  }
  if (hint !== undefined) text.push(hint);
  const keys = softKeys.filter((label) => label !== "");
  if (keys.length > 0) text.push(keys.map((label) => `[${label}]`).join(" "));
  return text;
}
