import { acknowledgement } from "../../../../src/codec/replies.js";
import { checkUserID } from "../../../../src/crypto/password.js";
import { maximumGuestNames as maximumGuests } from "../../../../src/database/rows/users.js";
import {
  accountGuestsChange,
  accountGuestsRequest,
  accountGuestsResponse,
} from "../../../../src/protocols/account/messages.js";
import { element, labelled, onSubmit, say } from "../../../node/pages/client/dom.js";
import { saying, Told } from "../../../node/pages/client/told.js";
import { ask } from "./api.js";
import { checked, textOf } from "./typed.js";

/** Who may join at the User's gateways (C-34). */
export async function guestsPage(main: HTMLElement): Promise<void> {
  const { guests, everybody } = (await ask(accountGuestsRequest, {}, accountGuestsResponse)).body;
  const names = element("textarea", { rows: "6", spellcheck: "false", autocapitalize: "none" });
  names.value = guests.map(textOf).join("\n");
  const all = element("input", { type: "checkbox" });
  all.checked = everybody;
  const form = element(
    "form",
    {},
    labelled("Guests", names, "User IDs, one a line"),
    element("label", { class: "check" }, all, "Everybody may join at my gateways"),
    element("button", { type: "submit" }, "Save"),
  );
  onSubmit(form, () =>
    saying(async () => {
      const list = names.value
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => checked(line, checkUserID));
      if (list.length > maximumGuests) throw new Told(`At most ${maximumGuests} guests.`);
      await ask(accountGuestsChange, { guests: list, everybody: all.checked }, acknowledgement);
      say("Saved. It holds from the next time that somebody joins.", "good");
    }),
  );
  main.append(
    element(
      "p",
      { class: "lead" },
      "Your own devices may always join at your gateways. Here you let in those of others. A device of yours without keypad joins at the gateways of these Users, too, where they let you in and it is made to be a guest.",
    ),
    form,
  );
}
