import type { Screen } from "../../../../src/ui/screen.js";

function field({ label, text, masked, groups }: NonNullable<Screen["field"]>): string {
  const typed = masked ? `${text.length} characters` : text === "" ? "empty" : text;
  const letters = groups?.filter((group) => group !== "").join(", ");
  return letters === undefined ? `${label}: ${typed}` : `${label}: ${typed}. Letters ${letters}`;
}

/** A screen in words, for who does not see it: its text, and which row is chosen. No count of a progress. */
export function spoken({ title, lines, field: entry, menu, hint }: Screen): string {
  const rows = menu?.items.map((item, index) => (index === menu.selected ? `${item}, chosen` : item));
  const parts = [title, ...lines, entry && field(entry), ...(rows ?? []), hint];
  return parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => part?.replace(/\.$/, ""))
    .join(". ");
}
