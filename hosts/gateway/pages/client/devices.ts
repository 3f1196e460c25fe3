import type { DeviceView } from "../../../../src/gateway/ports.js";
import { element, say } from "../../../node/pages/client/dom.js";
import type { HeardView, ProgramView } from "../../views.js";
import { command } from "./api.js";
import { enrolSection } from "./enrolDevice.js";
import { inviteInto, nameOf } from "./inviting.js";
import { drawing, live } from "./live.js";
import { button, facts, lead, section } from "./parts.js";
import { words } from "./words.js";

/** A device in range: what the radio knows of it, and what it has said on its link. */
interface Shown {
  readonly name: string;
  readonly heard: HeardView | undefined;
  readonly device: DeviceView | undefined;
}

/** Those in range, each with what it needs and what may be done about it. */
export async function devicesPage(main: HTMLElement): Promise<void> {
  const list = element("ul", { class: "cards" });
  const enrol = enrolSection();
  const draw = drawing(list, (shown: readonly Shown[]) => {
    if (shown.length === 0) return [element("li", {}, words.nobody)];
    return shown.map((one) => item(one, (id) => enrol.fill(id)));
  });
  main.append(lead(words.lead.devices), section(words.inRange, list), enrol.section);
  await live((view) => {
    draw(view === undefined ? [] : inRange(view));
    if (view === undefined) say(words.noServer, "bad");
  });
}

function inRange({ heard, devices }: ProgramView): readonly Shown[] {
  const linked = heard.flatMap(({ device }) => device ?? []);
  const both = heard.map((one) => {
    const device = devices.find(({ id }) => id !== undefined && id === one.device);
    return { name: nameOf(device?.id, device?.name ?? one.name), heard: one, device };
  });
  const others = devices.filter(({ id }) => id !== undefined && !linked.includes(id));
  return [
    ...both,
    ...others.map((device) => ({ name: nameOf(device.id, device.name), heard: undefined, device })),
  ];
}

/** What it needs, in a person's words. */
function needOf({ heard, device }: Shown): string {
  const { needOf: need } = words;
  if (device?.pn !== undefined) return need.inNetwork;
  if (heard?.says === "needsEnrolment" || heard?.says === "wanting") {
    if (device === undefined) return heard.says === "wanting" ? need.something : need.owner;
    if (!device.hasUI) return need.atGateway;
    return heard.says === "wanting" ? need.keypad : need.atDevice;
  }
  if (heard?.says === "freeToJoin") return need.nothing;
  return heard?.says === "joined" ? need.back : need.unknown;
}

function linkOf({ heard, device }: Shown): string {
  if (device === undefined) return words.linkOf[heard?.state ?? "waiting"];
  if (device.protected) return words.guarded;
  return device.panSecure ? words.secure : words.linkOf.linked;
}

function item(shown: Shown, enrol: (id: string) => void): HTMLLIElement {
  const { name, device, heard } = shown;
  const rows: [string, string][] = [
    [words.needs, needOf(shown)],
    [
      words.link,
      `${linkOf(shown)}${device !== undefined && !device.idle && device.pn === undefined ? `, ${words.busy}` : ""}`,
    ],
  ];
  if (device !== undefined) rows.push([words.keypad, device.hasUI ? words.yes : words.no]);
  if (device?.id !== undefined) rows.push([words.id, device.id]);
  const made = element("li", {}, element("h3", {}, name), facts(rows));
  if (device?.id !== undefined)
    made.append(
      element(
        "div",
        { class: "row" },
        ...actions(name, device.id, device, enrol, heard?.says === "needsEnrolment"),
      ),
    );
  return made;
}

function actions(
  name: string,
  id: string,
  device: DeviceView,
  enrol: (id: string) => void,
  needsKey: boolean,
): HTMLButtonElement[] {
  const made: HTMLButtonElement[] = [];
  if (!device.hasUI && device.pn === undefined) {
    made.push(
      button(words.enrol, { key: `enrol ${id}`, about: name, kind: "" }, async () => {
        say("");
        enrol(id);
      }),
    );
  }
  if (device.pn === undefined && device.idle && !needsKey)
    made.push(button(words.invite, { key: `invite ${id}`, about: name }, () => inviteInto([id], "")));
  const query = button(words.query, { key: `query ${id}`, about: name }, async () => {
    await command("queryDevice", { device: id });
    say(words.queried(name), "good");
  });
  const leave = button(words.letGo, { key: `leave ${id}`, about: name }, async () => {
    await command("disconnect", { device: id });
    say(words.gone(name), "good");
  });
  return [...made, query, leave];
}
