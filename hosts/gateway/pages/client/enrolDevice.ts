import { element, labelled, say } from "../../../node/pages/client/dom.js";
import { Told } from "../../../node/pages/client/told.js";
import { command } from "./api.js";
import { readLabel } from "./label.js";
import { button, form, lead, passwordField, section, userField, waiting } from "./parts.js";
import { scanned } from "./scan.js";
import { words } from "./words.js";

/** SEC-04 and SEC-05: a device without keypad gets its key here. */
export function enrolSection(): { readonly section: HTMLElement; fill(id: string): void } {
  const device = element("input", {
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    required: "",
    maxlength: "100",
  });
  const way = element("select", {});
  for (const [value, text] of Object.entries(words.ways)) way.append(element("option", { value }, text));
  const [user, password] = [userField(), passwordField()];
  const scan = button(words.scan, {}, async () => {
    device.value = await scanned();
    say(words.scanned, "good");
    user.focus();
  });
  const fields = [
    labelled(words.deviceID, device, words.deviceIDHint),
    scan,
    labelled(words.userID, user),
    labelled(words.password, password),
    labelled(words.way, way),
  ];
  const enrol = form(words.enrol, fields, async () => {
    const id = readLabel(device.value);
    if (id === undefined) throw new Told(words.noID);
    const how = way.value === "" ? {} : { how: way.value };
    waiting(words.enrollingDevice);
    await command("enrolDevice", { device: id, userID: user.value, password: password.value, ...how });
    device.value = "";
    say(words.deviceEnrolled, "good");
  });
  return {
    section: section(words.enrolDevice, lead(words.enrolDeviceLead), enrol),
    fill(id) {
      device.value = id;
      user.focus();
    },
  };
}
