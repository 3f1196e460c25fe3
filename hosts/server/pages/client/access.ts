import { confirmed, element, labelled, onSubmit, say } from "../../../node/pages/client/dom.js";
import { saying, Told } from "../../../node/pages/client/told.js";
import { askAPI, type ShownToken, type ShownWebhook } from "./programs.js";

/** What the User's programs may, on the page of the account (docs/API.md). */

const scopes = Object.freeze({
  read: "Read devices, networks and topics",
  send: "Send values to devices",
  stream: "Listen to events",
  webhooks: "Send events elsewhere",
});

function section(id: string, title: string, ...parts: readonly (Node | string)[]): HTMLElement {
  return element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...parts);
}

/** What is shown this once, to be copied. */
function secret(label: string, text: string): HTMLElement {
  const field = element("input", { readonly: "", value: text, spellcheck: "false", class: "secret" });
  field.addEventListener("focus", () => field.select());
  return labelled(label, field, "It is shown this once. Copy it now.");
}

function ender(name: string, question: string, work: () => Promise<void>): HTMLButtonElement {
  const button = element("button", { type: "button", class: "bad", "aria-label": `End ${name}` }, "End");
  button.addEventListener("click", () =>
    saying(async () => {
      if (!(await confirmed(`End ${name}?`, question, "End"))) return say("");
      await work();
      say(`${name} is ended.`, "good");
    }),
  );
  return button;
}

export function historySection(wanted: boolean, hours: number): HTMLElement {
  const box = element("input", { type: "checkbox" });
  box.checked = wanted;
  box.addEventListener("change", () =>
    saying(async () => {
      await askAPI("PUT", "/settings", { history: box.checked });
      say(
        box.checked
          ? "Values are kept from now on."
          : "No values are kept to look at; those that were are deleted. What programs and webhooks have not fetched yet waits for them: an hour, or a week at a webhook.",
        "good",
      );
    }),
  );
  const text =
    hours === 0
      ? "This Server keeps no values."
      : `Keep what my devices say to the Server for ${hours} hours`;
  if (hours === 0) return section("history", "Values of my devices", element("p", {}, text));
  return section("history", "Values of my devices", element("label", { class: "check" }, box, text));
}

export function tokenSection(tokens: readonly ShownToken[]): HTMLElement {
  const list = element("ul", { class: "cards" }, ...tokens.map(tokenItem));
  const made = element("div", {});
  const name = element("input", { required: "", maxlength: "32" });
  const boxes = Object.entries(scopes).map(([scope, text]) => {
    const box = element("input", { type: "checkbox", value: scope });
    box.checked = scope === "read";
    return { box, label: element("label", { class: "check" }, box, text) };
  });
  const days = element("select", {});
  for (const [value, text] of [
    ["30", "30 days"],
    ["90", "90 days"],
    ["366", "a year"],
    ["", "until I end it"],
  ] as const)
    days.append(element("option", { value }, text));
  const form = element(
    "form",
    {},
    labelled("Name of the program", name),
    element("fieldset", {}, element("legend", {}, "It may"), ...boxes.map(({ label }) => label)),
    labelled("It lasts", days),
    element("button", { type: "submit" }, "Make a token"),
  );
  onSubmit(form, () =>
    saying(async () => {
      const wanted = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
      if (wanted.length === 0) throw new Told("Choose what the program may do.");
      const body = {
        name: name.value,
        scopes: wanted,
        ...(days.value !== "" && { days: Number(days.value) }),
      };
      const { token, ...shown } = await askAPI<ShownToken & { readonly token: string }>(
        "POST",
        "/tokens",
        body,
      );
      list.append(tokenItem(shown));
      made.replaceChildren(secret(`Token of ${shown.name}`, token));
      form.reset();
      say(`A token for ${shown.name} is made. Copy it now.`, "good");
      made.querySelector("input")?.focus();
    }),
  );
  return section(
    "tokens",
    "Programs",
    element("p", {}, "A program shows a token in place of your password."),
    list,
    made,
    form,
  );
}

function tokenItem({ id, name, scopes: may, expiresAt, lastUsed }: ShownToken): HTMLLIElement {
  const facts = element("dl", {});
  for (const [term, text] of [
    ["May", may.join(", ")],
    ["Lasts", expiresAt === undefined ? "until it is ended" : `to ${expiresAt.slice(0, 10)}`],
    ["Last used", lastUsed ?? "never"],
  ] as const)
    facts.append(element("dt", {}, term), element("dd", {}, text));
  const made = element("li", {}, element("h3", {}, name), facts);
  const end = ender(name, "The program that shows it is let in no more.", async () => {
    await askAPI("DELETE", `/tokens/${id}`);
    made.remove();
  });
  made.append(element("div", { class: "row" }, end));
  return made;
}

export function webhookSection(webhooks: readonly ShownWebhook[]): HTMLElement {
  const list = element("ul", { class: "cards" }, ...webhooks.map(webhookItem));
  const made = element("div", {});
  const url = element("input", { type: "url", required: "", maxlength: "1000", placeholder: "https://" });
  const form = element(
    "form",
    {},
    labelled("Address", url, "What your devices say to the Server is sent there as it comes."),
    element("button", { type: "submit" }, "Add a webhook"),
  );
  onSubmit(form, () =>
    saying(async () => {
      const { secret: key, ...shown } = await askAPI<ShownWebhook & { readonly secret: string }>(
        "POST",
        "/webhooks",
        {
          url: url.value,
        },
      );
      list.append(webhookItem(shown));
      made.replaceChildren(secret("Secret of its signature", key));
      form.reset();
      say("The webhook is added. Copy its secret now.", "good");
      made.querySelector("input")?.focus();
    }),
  );
  return section("webhooks", "Webhooks", list, made, form);
}

function webhookItem({ id, url, waiting, dead, failing }: ShownWebhook): HTMLLIElement {
  const { host } = new URL(url);
  const facts = element("dl", {}, element("dt", {}, "Address"), element("dd", {}, url));
  const state = failing === 0 ? "works" : `has failed ${failing} times; it is tried again`;
  for (const [term, text] of [
    ["State", state],
    ["Waiting", `${waiting}`],
    ["Given up", `${dead}`],
  ] as const)
    facts.append(element("dt", {}, term), element("dd", {}, text));
  const made = element("li", {}, element("h3", {}, host), facts);
  const end = ender(host, "What waits for it is not sent any more.", async () => {
    await askAPI("DELETE", `/webhooks/${id}`);
    made.remove();
  });
  made.append(element("div", { class: "row" }, end));
  return made;
}
