import { element, say } from "../../../node/pages/client/dom.js";
import { saying } from "../../../node/pages/client/told.js";
import { chart, shownTime, shownValue } from "./chart.js";
import { askAPI, type ShownPoint, type ShownTopic } from "./programs.js";

/** Charts that are drawn at once; of more topics only the last values are shown. */
const mostCharts = 48;

/** What the devices say, by their IDs. */
export async function topicsByDevice(): Promise<ReadonlyMap<string, readonly ShownTopic[]>> {
  const { topics } = await askAPI<{ readonly topics: readonly ShownTopic[] }>("GET", "/topics");
  const found = new Map<string, ShownTopic[]>();
  for (const topic of topics) found.set(topic.device, [...(found.get(topic.device) ?? []), topic]);
  return found;
}

/** Topics of one device, called by `name`; the charts come into their places one after the other. */
export class TopicList {
  readonly #places: (readonly [ShownTopic, HTMLElement])[] = [];

  list(name: string, all: readonly ShownTopic[]): HTMLElement {
    // What a device only takes has nothing to show; a switch can be switched.
    const topics = all.filter(
      ({ last, direction, kind }) => last !== undefined || direction !== "understands" || kind === "switch",
    );
    return element(
      "ul",
      { class: "topics", "aria-label": `What ${name} says` },
      ...topics.map((one) => this.#item(name, one)),
    );
  }

  #item(name: string, topic: ShownTopic): HTMLElement {
    const { last, kind } = topic;
    const value = element("p", { class: "value" });
    const said = last === undefined ? "nothing yet" : shownValue(topic, last.value);
    value.append(element("span", {}, topic.topic), element("strong", {}, said));
    if (last !== undefined) value.append(element("time", { datetime: last.at }, shownTime(last.at)));
    const made = element("li", {}, value);
    if (kind === "switch" && topic.direction !== "offers" && topic.direction !== undefined)
      made.append(element("div", { class: "row" }, toggle(name, topic, true), toggle(name, topic, false)));
    if (last !== undefined && kind !== "text" && kind !== "octets") this.#places.push([topic, made]);
    return made;
  }

  async draw(): Promise<void> {
    const { historyHours } = await askAPI<{ readonly historyHours: number }>("GET", "/settings");
    for (const [topic, place] of this.#places.slice(0, mostCharts)) {
      const path = `/devices/${topic.device}/topics/${topic.topic}`;
      const { points } = await askAPI<{ readonly points: readonly ShownPoint[] }>("GET", path);
      if (points.length > 0) place.append(chart(topic, points, historyHours));
    }
  }
}

function toggle(name: string, { device, topic }: ShownTopic, value: boolean): HTMLButtonElement {
  const text = value ? "Switch on" : "Switch off";
  const button = element("button", { type: "button", class: "quiet" }, text);
  button.setAttribute("aria-label", `${text}: ${topic} of ${name}`);
  button.addEventListener("click", () =>
    saying(async () => {
      await askAPI("POST", `/devices/${device}/topics/${topic}`, { value });
      say(`${name} has it.`, "good");
    }),
  );
  return button;
}
