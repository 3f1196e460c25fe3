import { byID, element, say } from "../../../node/pages/client/dom.js";
import { go } from "../../../node/pages/client/navigation.js";
import { Told } from "../../../node/pages/client/told.js";
import { accountPage } from "./account.js";
import { session } from "./api.js";
import { devicesPage } from "./devices.js";
import { guestsPage } from "./guests.js";
import { registerPage, signInPage } from "./signIn.js";
import { words } from "./words.js";

/** A page fills the content; it throws Told for what the person reads instead. */
export type Page = (main: HTMLElement) => Promise<void> | void;

const pages: Readonly<
  Record<string, { readonly title: string; readonly page: Page; readonly signedIn: boolean }>
> = {
  "sign-in": { title: words.pages.signIn, page: signInPage, signedIn: false },
  register: { title: words.pages.register, page: registerPage, signedIn: false },
  devices: { title: words.pages.devices, page: devicesPage, signedIn: true },
  guests: { title: words.pages.guests, page: guestsPage, signedIn: true },
  account: { title: words.pages.account, page: accountPage, signedIn: true },
};

function nameOfPage(): string {
  const name = location.hash.slice(1);
  const known = pages[name];
  const signedIn = session.token !== undefined;
  if (known !== undefined && known.signedIn === signedIn) return name;
  return signedIn ? "devices" : "sign-in";
}

async function show(): Promise<void> {
  const name = nameOfPage();
  const { title, page } = pages[name] as (typeof pages)[string];
  document.title = `${title} – CPNS Server`;
  const links = Object.entries(pages)
    .filter(([, one]) => one.signedIn === (session.token !== undefined))
    .map(([id, one]) =>
      element("a", { href: `#${id}`, "aria-current": id === name ? "page" : undefined }, one.title),
    );
  byID("nav").replaceChildren(...links);
  const main = byID("main");
  main.replaceChildren(element("h1", {}, title));
  try {
    await page(main);
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    if (error.message === words.ended) {
      session.end();
      go("sign-in");
    }
    say(error.message, "bad");
  }
}

byID("server-name").textContent = location.host;
addEventListener("hashchange", () => {
  // Read from its beginning, with the way to the other pages in sight.
  void show().then(() => {
    byID("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  });
});
// What was said belongs to the page before.
byID("nav").addEventListener("click", () => say(""));
void show();
