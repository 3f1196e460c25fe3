import { element } from "../../../node/pages/client/dom.js";
import type { ShownPoint, ShownTopic } from "./programs.js";

/** The last day of a topic: a picture, what it says in words, and the same in a table. */

const [width, height, margin] = [240, 48, 3];
const hour = 3_600_000;

function drawn(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function shownValue({ kind, unit }: Pick<ShownTopic, "kind" | "unit">, value: unknown): string {
  if (kind === "switch") return value === true ? "on" : "off";
  return `${value}${unit === undefined ? "" : ` ${unit}`}`;
}

export const shownTime = (at: string): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });

export function chart(topic: ShownTopic, points: readonly ShownPoint[], hours: number): HTMLElement {
  return element("figure", { class: "chart" }, picture(topic, points, hours), table(topic, points));
}

function picture(topic: ShownTopic, points: readonly ShownPoint[], hours: number): SVGElement {
  const numbers = points.map(({ value }) => Number(value));
  const [least, most] = topic.kind === "number" ? [Math.min(...numbers), Math.max(...numbers)] : [0, 1];
  const now = Date.now();
  const x = (at: string): number => width - ((now - Date.parse(at)) / (hours * hour)) * width;
  const y = (value: number): number =>
    most === least
      ? height / 2
      : height - margin - ((value - least) / (most - least)) * (height - 2 * margin);
  const svg = drawn("svg", {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": inWords(topic, points, least, most, hours),
  });
  const path = topic.kind === "event" ? ticks(points, x) : line(topic, points, numbers, x, y);
  svg.append(drawn("path", { d: path, fill: "none", "vector-effect": "non-scaling-stroke" }));
  return svg;
}

const ticks = (points: readonly ShownPoint[], x: (at: string) => number): string =>
  points.map(({ at }) => `M${x(at).toFixed(1)} ${margin}V${height - margin}`).join("");

/** A switch stays as it is until it is switched; a last value holds until now. */
function line(
  { kind }: ShownTopic,
  points: readonly ShownPoint[],
  numbers: readonly number[],
  x: (at: string) => number,
  y: (value: number) => number,
): string {
  const parts = points.map(({ at }, i) => {
    const [left, top] = [x(at).toFixed(1), y(numbers[i] ?? 0).toFixed(1)];
    if (i === 0) return `M${left} ${top}`;
    return kind === "switch" ? `H${left}V${top}` : `L${left} ${top}`;
  });
  return `${parts.join("")}H${width}`;
}

function inWords(
  topic: ShownTopic,
  points: readonly ShownPoint[],
  least: number,
  most: number,
  hours: number,
): string {
  const begun = `${topic.topic}, last ${hours} hours`;
  if (topic.kind === "event") return `${begun}: ${points.length} times`;
  const last = shownValue(topic, points.at(-1)?.value);
  if (topic.kind === "switch") return `${begun}: ${points.length} values, now ${last}`;
  return `${begun}: from ${shownValue(topic, least)} to ${shownValue(topic, most)}, now ${last}`;
}

/** The last value of each hour: as much as anybody reads. */
function table(topic: ShownTopic, points: readonly ShownPoint[]): HTMLElement {
  const hourly = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / hour), point]));
  const rows = [...hourly.values()]
    .reverse()
    .map(({ at, value }) =>
      element(
        "tr",
        {},
        element("td", {}, shownTime(at)),
        element("td", {}, topic.kind === "event" ? topic.topic : shownValue(topic, value)),
      ),
    );
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "Time"),
    element("th", { scope: "col" }, "Value"),
  );
  const caption = element("caption", {}, `${topic.topic}: last value of each hour`);
  return element(
    "details",
    {},
    element("summary", {}, "As a table"),
    element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...rows)),
  );
}
