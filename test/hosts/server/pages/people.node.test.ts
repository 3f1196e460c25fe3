import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { pages } from "../../../../hosts/server/pages/serve.js";
import { ascii, hex } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { AccountServer } from "../../../../src/protocols/account/server.js";
import { axeClean } from "../../../support/axe.js";
import { launchOrSkip } from "../../../support/chromium.js";
import { few } from "../../../support/sampled.js";
import { ApiHouse } from "../api/apiHouse.js";

/** Where pictures go that somebody wants to look at. */
const pictures = process.env.CPNS_PICTURES;
const password = "a quiet kitchen table";

/** Who registers and signs in at the Server's pages, in a real browser. */
describe("the Server's pages of people (REG-03, REG-12)", function () {
  this.timeout(120_000);
  let house: ApiHouse;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  before(async function () {
    // Real processes and browsers are asked once, on the fullest machine.
    if (few) return this.skip();
    browser = await launchOrSkip(this);
  });
  after(() => browser?.close());
  beforeEach(async () => {
    house = new ApiHouse();
    house.clock.advance(Milliseconds(Date.now() - house.clock.now()));
    house.more = (ports) =>
      pages({
        ...{ serverID: ascii("cpns.example"), closed: false, now: ports.clock.now.bind(ports.clock) },
        handle: (octets, origin) => new AccountServer(house.accountPorts).handle(octets, origin),
        log: () => {},
      });
    await house.start();
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await house.close();
  });

  const open = async (name: string): Promise<void> => {
    await page.goto(`https://localhost:${house.port}/#${name}`);
  };
  async function typed(...texts: readonly string[]): Promise<void> {
    for (const [i, text] of texts.entries()) {
      if (i === 0) await page.getByLabel("User ID").focus();
      else await page.keyboard.press("Tab");
      await page.keyboard.type(text);
    }
    await page.keyboard.press("Enter");
  }

  it("register, sign out and sign in by the keyboard alone, in a browser that is known from then on", async () => {
    await open("register");
    await typed("carol", password, password);
    await page.getByText("You are signed in.").waitFor();
    assert.ok(house.store.get("users", hex(ascii("carol"))));
    const cookie = (await context.cookies()).find(({ name }) => name === "__Host-cpns-browser");
    assert.ok(cookie?.httpOnly && cookie.secure && cookie.sameSite === "Strict");
    assert.equal(house.store.size("pageBrowsers"), 1);
    await open("account");
    await page.getByRole("button", { name: "Sign out", exact: true }).press("Enter");
    await page.getByText("You are signed out.").waitFor();
    await typed("carol", password);
    await page.getByText("You are signed in.").waitFor();
    assert.equal(house.store.size("pageBrowsers"), 1, "the same one");
    await open("account");
    await page.getByRole("button", { name: "Sign out everywhere" }).press("Enter");
    await page.getByText("You are signed out.").waitFor();
    assert.deepEqual([house.store.size("pageBrowsers"), house.store.size("pageSessions")], [0, 0]);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`have nothing for axe to complain about at any width, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      const session = await house.session();
      for (const [name, there] of [
        ["sign-in", "form"],
        ["register", "form"],
        ["guests", "textarea"],
        ["account", "#end"],
      ] as const) {
        if (name === "guests")
          await page.evaluate(
            `Object.assign(sessionStorage, ${JSON.stringify({ "cpns-session": session, "cpns-user": "alice" })})`,
          );
        await open(name);
        await page.locator(there).last().waitFor();
        for (const width of [1400, 1024, 390, 320]) {
          await page.setViewportSize({ width, height: 900 });
          const where = `${name}, ${colorScheme}, ${width}`;
          await axeClean(page, where);
          const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assert.ok(Number(wide) <= 0, `${where}: ${wide} pixels too wide`);
          if (pictures !== undefined)
            await page.screenshot({
              path: `${pictures}/${name}-${colorScheme}-${width}.png`,
              fullPage: true,
            });
        }
      }
    });
  }
});
