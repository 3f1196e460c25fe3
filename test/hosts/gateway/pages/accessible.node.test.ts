import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { FamiliarBrowsers } from "../../../../hosts/gateway/pages/familiar.js";
import { PagePassword } from "../../../../hosts/gateway/pages/password.js";
import { GatewayPages } from "../../../../hosts/gateway/pages/serve.js";
import { ownCertificate } from "../../../../hosts/node/https/certificate.js";
import { Door } from "../../../../hosts/node/https/door.js";
import { ascii } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { axeClean } from "../../../support/axe.js";
import { launchOrSkip } from "../../../support/chromium.js";
import { pagePassword, visitor } from "../../../support/gatewayPage.js";
import { MemoryStore } from "../../../support/memoryStore.js";
import { few } from "../../../support/sampled.js";
import { emptyView, ShownGateway, shownView } from "../../../support/shownGateway.js";

const names = ["Gateway", "Devices", "Networks", "People", "This page"];

/** For people who do not see it, use a small display, or no mouse. */
describe("the gateway's page is for everybody", function () {
  this.timeout(120_000);
  let folder: string;
  let browser: Browser;
  let page: Page;
  let door: Door;
  let pages: GatewayPages;
  let password: PagePassword;
  const gateway = new ShownGateway();
  let now = 0;

  before(async function () {
    // Real processes and browsers are asked once, on the fullest machine.
    if (few) return this.skip();
    browser = await launchOrSkip(this);
    folder = mkdtempSync(join(tmpdir(), "cpns-page-"));
    password = new PagePassword(new MemoryStore());
    pages = new GatewayPages({
      password,
      familiar: new FamiliarBrowsers(new MemoryStore()),
      // Tests ask more than a person does.
      now: () => {
        now += 100;
        return Milliseconds(now);
      },
      answer: (request) => gateway.answer(request),
      log: () => {},
    });
    door = new Door({
      certificate: await ownCertificate(folder, ["localhost"]),
      answer: (request, response) => pages.answer(request, response),
      log: () => {},
    });
    const port = await door.listen(0, "127.0.0.1");
    ({ page } = await visitor(browser));
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`https://127.0.0.1:${port}/`);
  });
  after(async () => {
    await browser?.close();
    pages?.close();
    await door?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const open = async (name: string): Promise<void> => {
    await page.getByRole("link", { name, exact: true }).click();
    await page
      .locator('main[aria-busy="false"]')
      .getByRole("heading", { level: 1, name, exact: true })
      .waitFor();
  };

  /** Nothing for axe, and nothing beyond the edge, in both colours at each width. */
  async function fits(where: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 390, 320]) {
        await page.setViewportSize({ width, height: 800 });
        const beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.ok(Number(beyond) <= 0, `${where}: ${beyond} pixels beyond the edge at ${width}`);
        await axeClean(page, `${where}, ${colorScheme}, ${width} pixels wide`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  it("while its password is chosen, and when somebody signs in", async () => {
    await page.getByRole("heading", { name: "Choose a password" }).waitFor();
    // As it is called where the gateway runs.
    await page.getByText("“npm run gateway -- page”").waitFor();
    await fits("set-up");
    await password.choose(ascii(pagePassword));
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByText("“npm run gateway -- page --reset”").waitFor();
    await fits("sign in");
    await page.getByLabel("Password of this page").fill(pagePassword);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Gateway", exact: true }).waitFor();
  });

  for (const name of names) {
    it(`on the page "${name}", with much to show and with nothing`, async () => {
      gateway.view = shownView;
      await open(name);
      await fits(name);
      for (const view of [emptyView, undefined]) {
        gateway.view = view;
        await page.reload();
        await page
          .locator('main[aria-busy="false"]')
          .getByRole("heading", { level: 1, name, exact: true })
          .waitFor();
        await fits(`${name}, ${view === undefined ? "no Server" : "empty"}`);
      }
      gateway.view = shownView;
    });
  }

  it("with a question asked", async () => {
    await open("Networks");
    await page.getByRole("button", { name: "End Home" }).click();
    await page.getByRole("dialog").waitFor();
    await fits("question");
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.deepEqual(gateway.done, [], "Escape is no");
  });

  it("by the keyboard alone: every control is reached in order, and seen", async () => {
    for (const name of names) {
      await open(name);
      await page.evaluate("document.activeElement?.blur()");
      const controls = Number(
        await page.evaluate(
          `[...document.querySelectorAll("a, button, input, select, textarea, summary")].filter((one) => one.checkVisibility()).length`,
        ),
      );
      const reached = new Set<string>();
      for (let i = 0; i < controls + 1; i++) {
        await page.keyboard.press("Tab");
        const told = (await page.evaluate(`(() => {
          const { activeElement: a } = document;
          if (a === null || a === document.body) return "";
          const at = [...document.querySelectorAll("*")].indexOf(a);
          return (getComputedStyle(a).outlineStyle === "none" ? "unseen " : "") + at + a.outerHTML.slice(0, 80);
        })()`)) as string;
        assert.equal(told.startsWith("unseen"), false, `${name}: ${told}`);
        if (told !== "") reached.add(told);
      }
      assert.equal(reached.size, controls, `${name}: ${[...reached].join("\n")}`);
    }
  });

  it("and whoever is at a button stays there while what is around it changes", async () => {
    await open("Devices");
    const leave = page.getByRole("button", { name: "Disconnect Balcony" });
    await leave.focus();
    gateway.view = { ...shownView, devices: shownView.devices.map((one) => ({ ...one, name: "Terrace" })) };
    pages.changed();
    await page.getByRole("heading", { name: "Terrace" }).first().waitFor();
    assert.equal(await page.evaluate("document.activeElement?.textContent"), "Disconnect");
    gateway.view = shownView;
  });

  it("begins each page at its top, with the way to the others in sight", async () => {
    await page.setViewportSize({ width: 390, height: 500 });
    await open("Devices");
    await page.evaluate("scrollTo(0, 600)");
    await open("Networks");
    assert.equal(await page.evaluate("scrollY"), 0);
    assert.equal(await page.evaluate("document.activeElement?.id"), "main");
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("shows names that are markup as the text that they are", async () => {
    const name = "<img src=x onerror=alert(1)><b>";
    const [first, ...others] = shownView.devices;
    const pns = shownView.pns.map((pn) => ({ ...pn, alias: name, members: [{ ...pn.members[0], name }] }));
    gateway.view = { ...shownView, pns, devices: [{ ...first, name }, ...others] } as typeof shownView;
    for (const where of ["Devices", "Networks"]) {
      await open(where);
      await page.getByRole("heading", { name }).first().waitFor();
      assert.equal(await page.locator("img, b").count(), 0, where);
    }
    gateway.view = shownView;
  });

  it("and what somebody types stays, too", async () => {
    await open("Networks");
    await page.getByLabel("Name").fill("Half a na");
    await page.getByLabel("Remote").check();
    gateway.view = { ...shownView, devices: shownView.devices.slice(0, 2), pns: [] };
    pages.changed();
    await page.getByText("There is no network.").waitFor();
    assert.equal(await page.getByLabel("Name").inputValue(), "Half a na");
    assert.equal(await page.getByLabel("Remote").isChecked(), true);
    gateway.view = shownView;
  });
});
