import { hex } from "../../../../src/base/octets.js";
import { acknowledgement } from "../../../../src/codec/replies.js";
import {
  accountDeviceRequest,
  accountDevicesRequest,
  accountDevicesResponse,
  DeviceAction,
  DeviceFlag,
} from "../../../../src/protocols/account/messages.js";
import { confirmed, element, say } from "../../../node/pages/client/dom.js";
import { saying } from "../../../node/pages/client/told.js";
import { ask } from "./api.js";
import type { ShownTopic } from "./programs.js";
import { TopicList, topicsByDevice } from "./topics.js";

type Answer = Awaited<ReturnType<typeof devicesAfter>>;
type Shown = Answer["devices"][number];

const devicesAfter = async (after: Uint8Array | undefined) =>
  (await ask(accountDevicesRequest, after === undefined ? {} : { after }, accountDevicesResponse)).body;

export async function devicesPage(main: HTMLElement): Promise<void> {
  const list = element("ul", { class: "cards" });
  const lead = element("p", { class: "lead" });
  main.append(lead, list);
  const [topics, drawn] = [await topicsByDevice(), new TopicList()];
  let after: Uint8Array | undefined;
  let count = 0;
  for (;;) {
    const { devices, more } = await devicesAfter(after);
    for (const device of devices) list.append(item(device, drawn, topics.get(hex(device.entityID)) ?? []));
    count += devices.length;
    after = devices.at(-1)?.entityID;
    if (!more || after === undefined) break;
  }
  lead.textContent =
    count === 0
      ? "No device is enrolled yet. Switch one on near your gateway and type your User ID and password there."
      : `${count} ${count === 1 ? "device has" : "devices have"} a key of yours.`;
  await drawn.draw();
}

const nameOf = ({ name, entityID }: Shown): string => name ?? `CPNS-${hex(entityID).slice(-4).toUpperCase()}`;

const day = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleDateString(undefined, { dateStyle: "medium" });

function item(device: Shown, drawn: TopicList, topics: readonly ShownTopic[]): HTMLLIElement {
  const { flags, entityID, createdAt, seenAt } = device;
  const rows: [string, string][] = [
    ["Kind", (flags & DeviceFlag.gateway) !== 0 ? "gateway" : "device"],
    ["ID", hex(entityID)],
    ["Key since", day(createdAt)],
    ["Last seen", seenAt === undefined ? "never" : day(seenAt)],
  ];
  if ((flags & DeviceFlag.inPN) !== 0) rows.push(["Network", "in one"]);
  if ((flags & DeviceFlag.escrowed) !== 0)
    rows.push(["Key", "a gateway has seen it; it is replaced at its next session"]);
  const facts = element("dl", {});
  for (const [name, value] of rows) facts.append(element("dt", {}, name), element("dd", {}, value));
  const made = element("li", {}, element("h2", {}, nameOf(device)), facts);
  if (topics.length > 0) made.append(drawn.list(nameOf(device), topics));
  made.append(element("div", { class: "row" }, ...actions(device, made)));
  return made;
}

function actions(device: Shown, made: HTMLLIElement): HTMLButtonElement[] {
  const name = nameOf(device);
  const act = (action: DeviceAction) =>
    ask(accountDeviceRequest, { entityID: device.entityID, action }, acknowledgement);
  const remove = element("button", { type: "button", class: "bad" }, "Remove");
  remove.setAttribute("aria-label", `Remove ${name}`);
  remove.addEventListener("click", () =>
    saying(async () => {
      const text = "Its key and its networks end within a minute. It can be enrolled again.";
      if (!(await confirmed(`Remove ${name}?`, text, "Remove"))) return say("");
      await act(DeviceAction.remove);
      made.remove();
      say(`${name} is removed.`, "good");
    }),
  );
  if ((device.flags & DeviceFlag.gateway) !== 0) return [remove];
  const rekey = element("button", { type: "button", class: "quiet" }, "New key");
  rekey.setAttribute("aria-label", `New key for ${name}`);
  rekey.addEventListener("click", () =>
    saying(async () => {
      await act(DeviceAction.rekey);
      say(`${name} gets a new key when its gateway next reaches it.`, "good");
    }),
  );
  return [rekey, remove];
}
