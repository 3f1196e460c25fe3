import { byID, element, say } from "../../../node/pages/client/dom.js";
import { go } from "../../../node/pages/client/navigation.js";
import { Told } from "../../../node/pages/client/told.js";
import { accountPage } from "./account.js";
import { keepSession, readState, type State, session } from "./api.js";
import { devicesPage } from "./devices.js";
import { gatewayPage } from "./gateway.js";
import { silent, still } from "./live.js";
import { networksPage } from "./networks.js";
import { peoplePage } from "./people.js";
import { setUpPage, signInPage } from "./signIn.js";
import { words } from "./words.js";

/** A page fills the content; it throws Told for what the person reads instead. */
interface Page {
  readonly title: string;
  readonly fill: (main: HTMLElement) => Promise<void> | void;
}

/** For who is signed in. */
const pages: Readonly<Record<string, Page>> = {
  gateway: { title: words.pages.gateway, fill: gatewayPage },
  devices: { title: words.pages.devices, fill: devicesPage },
  networks: { title: words.pages.networks, fill: networksPage },
  people: { title: words.pages.people, fill: peoplePage },
  account: { title: words.pages.account, fill: accountPage },
};
/** For who is not. */
const door = ({ chosen, called }: State): Page =>
  chosen
    ? { title: words.pages.signIn, fill: (main) => signInPage(main, called) }
    : { title: words.pages.setUp, fill: (main) => setUpPage(main, called) };

/** The page that the address names, and how it is called there. */
async function asked(): Promise<readonly [name: string, page: Page]> {
  const name = location.hash.slice(1);
  if (!session.signedIn) {
    const state = await readState();
    if (state.token === undefined) return ["", door(state)];
  }
  const page = pages[name];
  return page === undefined ? ["gateway", pages.gateway as Page] : [name, page];
}

/** Of two pages that were asked for one shortly after the other, the later one is shown. */
let showing = 0;

async function show(): Promise<void> {
  const turn = ++showing;
  const main = byID("main");
  still();
  main.ariaBusy = "true";
  try {
    const [name, { title, fill }] = await asked();
    if (turn !== showing) return;
    document.title = `${title} – CPNS gateway`;
    const links = Object.entries(session.signedIn ? pages : {}).map(([id, one]) =>
      element("a", { href: `#${id}`, "aria-current": id === name ? "page" : undefined }, one.title),
    );
    byID("nav").replaceChildren(...links);
    byID("nav").hidden = links.length === 0;
    main.replaceChildren(element("h1", {}, title));
    await fill(main);
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    say(error.message, "bad");
  }
  if (turn === showing) main.ariaBusy = "false";
}

session.whenOver(() => {
  silent();
  go("sign-in");
  say(words.sessionOver, "bad");
});
byID("place").textContent = location.host;
addEventListener("hashchange", () => {
  // Read from its beginning, with the way to the other pages in sight.
  void show().then(() => {
    byID("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  });
});
// What was said belongs to the page before.
byID("nav").addEventListener("click", () => say(""));
keepSession();
void show();
