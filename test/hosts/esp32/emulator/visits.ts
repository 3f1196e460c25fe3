import { english } from "../../../../src/ui/strings/english.js";
import type { Hand } from "../hand.js";

/** What a person does on a device in an emulator, from one screen to another. */

export const user = Object.freeze({ userID: "alice", password: "correct horse" });

/** Of a device that has started: "home" with keys, "welcome" without. */
export async function started(hand: Hand): Promise<"home" | "welcome"> {
  return (await hand.shows("home", "welcome")).id as "home" | "welcome";
}

/** Takes a row of the menu that is shown. */
async function choose(hand: Hand, label: string): Promise<void> {
  for (let steps = 0; steps < 20; steps++) {
    const { menu, id } = hand.screen ?? {};
    if (menu?.items[menu.selected] === label) {
      hand.enter();
      return;
    }
    hand.press({ kind: "named", key: "down" });
    await hand.shows(id ?? "");
  }
  throw new Error(`no row ${label} in ${JSON.stringify(hand.screen?.menu)}`);
}

/** From "welcome", or where it is asked again, up to where the Server is asked. */
export async function typeCredentials(hand: Hand): Promise<void> {
  hand.enter();
  if ((await hand.shows("userID", "password")).id === "userID") {
    hand.type(user.userID);
    hand.enter();
    await hand.shows("password");
  }
  hand.type(user.password);
  hand.enter();
}

/** From "home" to a network that it starts with all that are near, up to where it is asked for. */
export async function askToJoin(hand: Hand): Promise<void> {
  await choose(hand, english.menu.createAll);
  await hand.shows("alias");
  hand.enter();
}

/** Others may be in it: a device that was reset is another one to the Server. */
export async function joinPn(hand: Hand): Promise<void> {
  await askToJoin(hand);
  await hand.shows("started", "joined");
}

/** What is written on the display. */
export const words = (hand: Hand): string =>
  [hand.screen?.title, ...(hand.screen?.lines ?? []), hand.screen?.hint].join(" ").trimEnd();

/** From "home" in a network. */
export async function sayHello(hand: Hand): Promise<void> {
  await choose(hand, english.menu.sendToServer);
}

/** From "home" into its settings; what is said of its key there. */
export async function keyOf(hand: Hand): Promise<string> {
  await choose(hand, english.menu.settings);
  const { lines } = await hand.shows("settings");
  return lines.find((line) => line.startsWith(english.settings.key)) ?? "";
}

/** From "home" back to keys of the same person's. */
export async function askToEnrolAgain(hand: Hand): Promise<void> {
  await keyOf(hand);
  await choose(hand, english.menu.enrolAgain);
  await hand.shows("userID", "password");
}

/** From "home" to a device that knows nothing, up to the key that nobody presses by habit. */
export async function askToReset(hand: Hand): Promise<void> {
  await keyOf(hand);
  await choose(hand, english.menu.factoryReset);
  await hand.shows("reset");
  hand.type("y");
}
