import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type BoardName, boardNames } from "../../../../hosts/simulator/panel/boards.js";
import { type Panel, startPanel } from "../../../../hosts/simulator/panel/server.js";
import { axeClean } from "../../../support/axe.js";
import { launchOrSkip } from "../../../support/chromium.js";
import { FakeNetwork } from "./fakeNetwork.js";

/** The page for people who do not see it, or do not use a mouse: by axe-core, and by the keyboard alone. */
describe("the panel's page is for everybody", function () {
  this.timeout(60_000);
  let network: FakeNetwork;
  let panel: Panel;
  let browser: Browser;
  let page: Page;

  before(async function () {
    browser = await launchOrSkip(this);
    page = await browser.newPage();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    network = new FakeNetwork();
    network.add({ id: "hall", label: "Hall", secure: false }, "nodemcu", "Other screen");
    network.add({ id: "sensor", label: "Sensor", secure: true }, "bare");
    network.networks = [{ id: "0a0b", label: "Garden, by Hall, 2 in it" }];
    network.audit = Array.from(
      { length: 40 },
      (_, i) => `${i} s \u00b7 auth.session \u00b7 entity gateway-01`,
    );
    panel = await startPanel(network, { port: 7690, say: () => {} });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(panel.url);
    await page.locator("#label").getByText("Test keypad").waitFor();
    for (let i = 0; i < 30; i++)
      network.message(`EUKeyAssignmentRequest.share${i}`, "1", i % 2 ? "key" : undefined);
    network.message("OfHall", "1", undefined, "hall");
    for (const tone of ["info", "good", "bad"] as const) {
      network.emit({ kind: "note", at: 1, party: "PNE", device: "keypad", tone, text: `a ${tone} note` });
      network.emit({
        kind: "note",
        at: 1,
        party: "Server",
        device: "hall",
        tone,
        text: `a ${tone} note of Hall`,
      });
    }
    await page.getByText("a bad note of Hall").waitFor();
    await page.locator("#audit summary").click();
  });
  afterEach(async () => {
    await page.goto("about:blank");
    panel.close();
  });

  const clean = (where: string): Promise<void> => axeClean(page, where);

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1400, 1024, 390, 320]) {
      it(`has nothing for axe to complain about, ${colorScheme}, ${width} pixels wide`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        await clean("as it is");
        await page.locator(".message").first().click();
        await page.getByRole("button", { name: "Register" }).click();
        await clean("a message open, an empty form sent");
      });
    }
  }

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has nothing for axe to complain about once the simulator has stopped, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width: 390, height: 900 });
      panel.close();
      await page.getByRole("status").getByText("The simulator has stopped.").waitFor();
      await clean("stopped");
    });
  }

  it("has nothing for axe to complain about with any board in front, or a question asked", async () => {
    for (const board of boardNames as readonly BoardName[]) {
      network.become("keypad", { board });
      // The page's own policy forbids the waiting in it that Playwright would do.
      for (const chosen = page.locator("#device-board select"); (await chosen.inputValue()) !== board; )
        await page.waitForTimeout(20);
      await clean(board);
    }
    network.become("keypad", { board: "matrix" });
    await page.locator("#device-faults").getByRole("button", { name: "Forget keys" }).click();
    await page.getByRole("dialog").waitFor();
    await clean("a question");
  });

  it("is worked by the keyboard alone: every control is reached, in not too many steps, and seen", async () => {
    const reached: string[] = [];
    await page.reload();
    await page.getByText("a bad note of Hall").waitFor();
    await page.evaluate("document.getElementById('audit').open = true");
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const name = (await page.evaluate(`(() => {
        const { activeElement: a } = document;
        if (a === null || a === document.body) return "";
        const outline = getComputedStyle(a).outlineStyle;
        return outline === "none" ? "unseen " + a.outerHTML : a.id || a.textContent.trim();
      })()`)) as string;
      if (name === "") break;
      reached.push(name);
    }
    assert.deepEqual(
      reached.filter((name) => name.startsWith("unseen")),
      [],
    );
    const form = reached.indexOf("gateway-user");
    assert.ok(form > 0 && form < 32, `${form} stops before the gateway's form: ${reached.join(", ")}`);
    for (const control of ["Drop the link", "Wrong gateway", "Register", "Invite all", "Server unreachable"])
      assert.ok(reached.includes(control), `${control} is not among: ${reached.join(", ")}`);
    assert.ok(reached.includes("audit-lines"), "the log can be scrolled");
  });

  it("says what the display shows, which row is chosen, and of a password its length only", async () => {
    const base = { id: "password", title: "Enrol", tone: "normal", lines: [], softKeys: [] } as const;
    network.show("keypad", {
      ...base,
      field: { label: "Password", text: "******n", masked: true, mode: "abc" },
    });
    await page.locator("#spoken").getByText("Enrol. Password: 7 characters").waitFor();
    network.show("keypad", { ...base, lines: ["It is yours.", "Wait."] });
    await page.locator("#spoken").getByText("Enrol. It is yours. Wait", { exact: true }).waitFor();
    network.show("keypad", {
      ...base,
      id: "home",
      title: "Ready",
      menu: { items: ["Join", "Settings"], selected: 1 },
    });
    await page.locator("#spoken").getByText("Ready. Join. Settings, chosen").waitFor();
  });
});
