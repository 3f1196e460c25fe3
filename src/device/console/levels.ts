/** How much of the log a console tells. */
export type LogLevel = "off" | "faults" | "all";

export const logLevels: readonly LogLevel[] = Object.freeze(["off", "faults", "all"]);

/** What the last word of an event's name has in it when something did not go as it should. */
const signs: readonly string[] = Object.freeze([
  "fail",
  "fault",
  "refused",
  "crashed",
  "halted",
  "missing",
  "stopped",
  "lost",
  "dropped",
  "damaged",
  "flood",
  "not",
  "un",
]);

/** Whether an event tells of something that did not go as it should, by its name: "store.slotDamaged". */
export function isFault(name: string): boolean {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const lower = last.toLowerCase();
  return signs.some((sign) => (sign === "not" || sign === "un" ? begins(last, sign) : lower.includes(sign)));
}

/** "notKept", "keyNotKept", "unmet", "resetUnmarked": a word of the name, not a part of one. */
function begins(name: string, word: string): boolean {
  const inside = word[0]?.toUpperCase() + word.slice(1);
  return name.startsWith(word) || name.includes(inside);
}

export const isTold = (name: string, level: LogLevel): boolean =>
  level === "all" || (level === "faults" && isFault(name));
