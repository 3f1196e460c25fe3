import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { pages } from "../../../../hosts/server/pages/serve.js";
import { ascii } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { AccountServer } from "../../../../src/protocols/account/server.js";
import { axeClean } from "../../../support/axe.js";
import { launchOrSkip } from "../../../support/chromium.js";
import { few } from "../../../support/sampled.js";
import { ApiHouse, cellar, kitchen } from "../api/apiHouse.js";

/** Where pictures go that somebody wants to look at. */
const pictures = process.env.CPNS_PICTURES;

/** The page of Alice's devices, and that of her account, in a real browser. */
describe("the Server's pages of devices and programs", function () {
  this.timeout(60_000);
  let house: ApiHouse;
  let browser: Browser;
  let page: Page;

  before(async function () {
    // Real processes and browsers are asked once, on the fullest machine.
    if (few) return this.skip();
    browser = await launchOrSkip(this);
  });
  after(() => browser?.close());
  beforeEach(async () => {
    house = new ApiHouse();
    house.clock.advance(Milliseconds(Date.now() - house.clock.now() - 24 * 3_600_000));
    house.more = (ports) =>
      pages({
        ...{ serverID: ascii("cpns.example"), closed: false, now: ports.clock.now.bind(ports.clock) },
        handle: (octets, origin) => new AccountServer(house.accountPorts).handle(octets, origin),
        log: () => {},
      });
    await house.start();
    for (let i = 0; i <= 288; i++) {
      await house.says(kitchen, "temperature", Math.round((21 + 2 * Math.sin(i / 40)) * 10) / 10);
      if (i % 40 === 0) await house.says(kitchen, "lamp", i % 80 === 0);
      if (i % 90 === 0) await house.says(kitchen, "ring", "press");
      house.clock.advance(Milliseconds(300_000 - (i === 288 ? 300_000 : 0)));
    }
    await house.says(cellar, "text", "The cellar is dry, as it has been for as long as anybody remembers.");
    await house.furnishPlaces();
    page = await browser.newPage({ ignoreHTTPSErrors: true });
    const session = await house.session();
    const kept = { "cpns-session": session, "cpns-user": "alice" };
    await page.addInitScript(`Object.assign(sessionStorage, ${JSON.stringify(kept)})`);
  });
  afterEach(async () => {
    await page.close();
    await house.close();
  });

  const open = async (name: string): Promise<void> => {
    await page.goto(`https://localhost:${house.port}/#${name}`);
  };

  async function clean(where: string): Promise<void> {
    await axeClean(page, where);
    const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.ok(Number(wide) <= 0, `${where}: ${wide} pixels too wide`);
  }

  it("show each topic's last value and its last day, as a picture, in words and as a table", async () => {
    await open("devices");
    const charts = page.locator("figure.chart");
    await charts.nth(2).waitFor();
    const names = await page
      .locator("figure.chart svg")
      .evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    assert.match(names[0] ?? "", /^temperature, last 24 hours: from 19 °C to 23 °C, now [\d.]+ °C$/);
    assert.match(names[1] ?? "", /^lamp, last 24 hours: \d+ values, now (on|off)$/);
    assert.match(names[2] ?? "", /^ring, last 24 hours: \d times$/);
    await page.getByText("As a table").first().focus();
    await page.keyboard.press("Enter");
    const rows = await charts.first().locator("tbody tr").count();
    assert.ok(rows >= 24 && rows <= 26, `${rows}`);
    await page.getByText("The cellar is dry").waitFor();
  });

  it("switch a lamp, and say what comes of it", async () => {
    await open("devices");
    await page.getByRole("button", { name: /^Switch on: lamp of/ }).click();
    await page.getByText(/ has it\.$/).waitFor();
    assert.deepEqual(house.sent.at(-1), [kitchen, "lamp", true, 20_000]);
    house.sendTopic = async () => 10;
    await page.getByRole("button", { name: /^Switch off: lamp of/ }).click();
    await page.getByText(/was not reached/).waitFor();
  });

  it("make a token by the keyboard alone, show it once, and end it", async () => {
    await open("account");
    await page.getByLabel("Name of the program").focus();
    await page.keyboard.type("Home Assistant");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.getByLabel("Name of the program").press("Enter");
    const shown = page.getByLabel(/^Token of Home Assistant/);
    await shown.waitFor();
    const token = await shown.inputValue();
    assert.match(token, /^cpns_[\w-]{54}$/);
    const answer = await house.ask("GET", "/devices", { token });
    assert.equal(answer.status, 200);
    assert.equal(await shown.evaluate((one) => one.matches(":focus")), true);
    await page.reload();
    await page.getByRole("button", { name: "End Home Assistant" }).waitFor();
    assert.equal((await page.content()).includes(token), false);
    await page.getByRole("button", { name: "End Home Assistant" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End" }).click();
    await page.getByText("Home Assistant is ended.").waitFor();
    assert.equal((await house.ask("GET", "/devices", { token })).status, 401);
  });

  it("add a webhook, say when its address is none, and keep no values for who wants none", async () => {
    await house.shut();
    house.targets = "public";
    await house.listen();
    await open("account");
    const address = page.getByLabel(/^Address/);
    await address.fill("https://192.168.0.1/hook");
    await address.press("Enter");
    await page.getByText(/sends nothing to such an address/).waitFor();
    await address.fill("https://example.org/a/long/address/that/a/narrow/page/has/to/break");
    await address.press("Enter");
    assert.match(await page.getByLabel(/^Secret of its signature/).inputValue(), /^whsec_/);
    await page.getByLabel(/^Keep what my devices say/).uncheck();
    await page.getByText(/No values are kept to look at; .* waits for them: an hour, or a week/).waitFor();
    assert.equal(house.store.size("readings"), 0);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1400, 390, 320]) {
      it(`have nothing for axe to complain about, ${colorScheme}, ${width} pixels wide`, async () => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await house.token(["read", "send", "stream", "webhooks"]);
        const token = await house.token();
        const url = "http://127.0.0.1:9/a/long/address/that/a/narrow/page/has/to/break/somewhere";
        await house.ask("POST", "/webhooks", { token, body: { url } });
        for (const [name, there] of [
          ["devices", "figure.chart >> nth=2"],
          ["account", "#webhooks"],
        ] as const) {
          await open(name);
          await page.locator(there).waitFor();
          if (name === "devices") await page.getByText("As a table").first().click();
          await clean(`${name}, ${colorScheme}, ${width}`);
          if (pictures !== undefined)
            await page.screenshot({
              path: `${pictures}/${name}-${colorScheme}-${width}.png`,
              fullPage: true,
            });
        }
      });
    }
  }
});
