import type { GatewayPNView, MemberView, TopicView } from "../../../../src/gateway/ports.js";
import { confirmed, element, labelled, onSubmit, say } from "../../../node/pages/client/dom.js";
import { saying, Told } from "../../../node/pages/client/told.js";
import type { ProgramView } from "../../views.js";
import { command } from "./api.js";
import { inviteInto, nameOf } from "./inviting.js";
import { drawing, live, refresh } from "./live.js";
import { button, facts, form, lead, section } from "./parts.js";
import { words } from "./words.js";

/** Networks with their members; new ones, and a word to a member. */
export async function networksPage(main: HTMLElement): Promise<void> {
  const list = element("ul", { class: "cards" });
  const draw = drawing(list, (pns: readonly GatewayPNView[]) =>
    pns.length === 0 ? [element("li", {}, words.noNetworks)] : pns.map(network),
  );
  const [starting, saySomething] = [startSection(), saySection()];
  main.append(
    lead(words.lead.networks),
    section(words.networks, list),
    starting.section,
    saySomething.section,
  );
  await live((view) => {
    draw(view?.pns ?? []);
    starting.draw(view);
    saySomething.draw(view?.pns ?? []);
    if (view === undefined) say(words.noServer, "bad");
  });
}

const titleOf = ({ id, alias }: GatewayPNView): string => alias ?? words.unnamed(id);

function network(pn: GatewayPNView): HTMLLIElement {
  const name = titleOf(pn);
  const starter = pn.members.find(({ id }) => id === pn.initiator);
  const by = pn.initiator === undefined ? words.thisGateway : nameOf(pn.initiator, starter?.name);
  const members = element("ul", { class: "members" }, ...pn.members.map((one) => member(pn, one)));
  const end = button(words.end, { key: `end ${pn.id}`, about: name, kind: "bad" }, async () => {
    if (!(await confirmed(words.endTitle(name), words.endText, words.end))) return say("");
    await command("dissolvePN", { pn: pn.id });
    say(words.ended(name), "good");
  });
  const rows = facts([
    [words.startedBy, by],
    [words.id, pn.id],
  ]);
  return element("li", {}, element("h3", {}, name), rows, members, element("div", { class: "row" }, end));
}

function member(pn: GatewayPNView, one: MemberView): HTMLLIElement {
  const name = nameOf(one.id, one.name);
  const remove = button(
    words.remove,
    { key: `remove ${pn.id} ${one.id}`, about: name, kind: "bad" },
    async () => {
      if (!(await confirmed(words.removeTitle(name), words.removeText, words.remove))) return say("");
      await command("removeMember", { pn: pn.id, member: one.id });
      say(words.removed(name), "good");
    },
  );
  const told = one.topics
    .filter(({ value }) => value !== undefined)
    .map((topic) => `${topic.name} ${shownValue(topic)}`);
  const about = [...(one.here ? [] : [words.memberAway]), ...told].join(", ");
  return element(
    "li",
    {},
    element(
      "span",
      { class: "who" },
      name,
      ...(about === "" ? [] : [element("span", { class: "quiet" }, ` ${about}`)]),
    ),
    remove,
  );
}

function shownValue({ value, unit }: TopicView): string {
  if (typeof value === "boolean") return value ? words.switchedOn : words.switchedOff;
  return unit === undefined ? String(value) : `${value} ${unit}`;
}

function startSection(): { readonly section: HTMLElement; draw(view: ProgramView | undefined): void } {
  const alias = element("input", { autocomplete: "off", maxlength: "32" });
  const boxes = element("div", { class: "boxes" });
  const who = element("fieldset", {}, element("legend", {}, words.who), boxes);
  const those = element("button", { type: "submit" }, words.inviteThose);
  const all = button(words.inviteAll, {}, () => inviteInto("all", alias.value));
  const made = element(
    "form",
    {},
    labelled(words.alias, alias, words.aliasHint),
    who,
    element("div", { class: "row" }, those, all),
  );
  onSubmit(made, () =>
    saying(async () => {
      const chosen = [...boxes.querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value);
      if (chosen.length === 0) throw new Told(words.pickSome);
      await inviteInto(chosen, alias.value).finally(refresh);
      alias.value = "";
    }),
  );
  const draw = drawing(boxes, (free: readonly { readonly id: string; readonly name: string }[]) => {
    if (free.length === 0) return [element("p", { class: "quiet" }, words.noneToInvite)];
    return free.map(({ id, name }) => {
      const box = element("input", { type: "checkbox", value: id, "data-key": `box ${id}` });
      return element("label", { class: "check" }, box, name);
    });
  });
  return {
    section: section(words.start, made),
    draw: (view) => draw(freeOf(view)),
  };
}

const freeOf = (view: ProgramView | undefined) =>
  (view?.devices ?? []).flatMap(({ id, name, pn, idle }) => {
    // Its name in the air, as long as it has told no other on its link.
    const heard = view?.heard.find(({ device }) => device !== undefined && device === id);
    if (id === undefined || pn !== undefined || !idle || heard?.says === "needsEnrolment") return [];
    return [{ id, name: nameOf(id, name ?? heard?.name) }];
  });

function saySection(): { readonly section: HTMLElement; draw(pns: readonly GatewayPNView[]): void } {
  const whom = element("select", { required: "" });
  const text = element("input", { autocomplete: "off", required: "", maxlength: "200" });
  const fields = [labelled(words.member, whom), labelled(words.text, text, words.textHint)];
  const made = form(words.send, fields, async () => {
    const [pn, to] = whom.value.split(" ");
    if (pn === undefined || to === undefined) throw new Told(words.noMember);
    await command("send", { pn, to, text: text.value });
    text.value = "";
    say(words.sent(whom.selectedOptions[0]?.textContent ?? ""), "good");
  });
  const whole = section(words.say, made);
  return {
    section: whole,
    draw(pns) {
      whole.hidden = pns.length === 0;
      const now = whom.value;
      const options = pns.flatMap((pn) =>
        pn.members.map(({ id, name }) =>
          element("option", { value: `${pn.id} ${id}` }, `${nameOf(id, name)} (${titleOf(pn)})`),
        ),
      );
      whom.replaceChildren(...options);
      if (options.some(({ value }) => value === now)) whom.value = now;
    },
  };
}
