import type { GatewayWish, PanelDevice } from "../network.js";
import type { Post } from "./state.js";

/** What a person does at the gateway: registers, and enrols the device in front when that one has no UI. */

function field(name: string, label: string, autocomplete: AutoFill): [HTMLLabelElement, HTMLInputElement] {
  const outer = document.createElement("label");
  const input = document.createElement("input");
  input.type = autocomplete === "username" ? "text" : "password";
  input.id = name;
  input.maxLength = autocomplete === "username" ? 32 : 64;
  input.autocomplete = autocomplete;
  input.spellcheck = false;
  outer.append(label, input);
  return [outer, input];
}

/** Makes the fields and buttons; the returned function is told which device is in front. */
export function makeGateway(container: HTMLElement, post: Post): (device: PanelDevice | undefined) => void {
  const [userLabel, user] = field("gateway-user", "User ID", "username");
  const [passwordLabel, password] = field("gateway-password", "Password", "new-password");
  const [oldLabel, old] = field("gateway-old", "Old password, if there is one", "current-password");
  let front: PanelDevice | undefined;
  const button = (label: string, title: string, wish: () => GatewayWish | undefined): HTMLButtonElement => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.title = title;
    made.addEventListener("click", () => {
      const wanted = wish();
      if (wanted !== undefined) post("/gateway", wanted);
      for (const input of [password, old]) input.value = "";
    });
    return made;
  };
  const register = button("Register", "Registers this User ID, or changes its password", () => ({
    kind: "register",
    userID: user.value,
    password: password.value,
    ...(old.value !== "" && { oldPassword: old.value }),
  }));
  const enrol = button("Enrol the device", "Gives a device without keypad its key", () => {
    return front && { kind: "enrol", device: front.id, userID: user.value, password: password.value };
  });
  container.addEventListener("submit", (event) => event.preventDefault());
  const invite = button("Invite all", "Asks all devices that are here into a network", () => ({
    kind: "invite",
  }));
  const end = button("End networks", "Ends the gateway's networks for everybody", () => ({ kind: "end" }));
  container.replaceChildren(userLabel, passwordLabel, oldLabel, register, enrol, invite, end);
  return (device) => {
    front = device;
    enrol.disabled = device?.keypad !== "none";
  };
}
