import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type Panel, startPanel } from "../../../../hosts/simulator/panel/server.js";
import { launchOrSkip } from "../../../support/chromium.js";
import { until } from "../../../support/until.js";
import { FakeNetwork } from "./fakeNetwork.js";

/** The page by itself, in a real browser, with a network that does what the test says. */
describe("the panel's page", function () {
  this.timeout(30_000);
  let network: FakeNetwork;
  let panel: Panel;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  before(async function () {
    browser = await launchOrSkip(this);
    page = await browser.newPage();
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
  });
  after(() => browser?.close());

  beforeEach(async () => {
    network = new FakeNetwork();
    problems = [];
    panel = await startPanel(network, { port: 7390, say: () => {} });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(panel.url);
    await page.locator("#label").getByText("Test keypad").waitFor();
  });
  afterEach(async () => {
    await page.unrouteAll();
    await page.goto("about:blank");
    panel.close();
    assert.deepEqual(problems, []);
  });

  it("sends a click as a press of the keypad, and a held key as a long press", async () => {
    const key = page.locator('#keypad button[data-key="A"]');
    await key.click();
    await key.click({ delay: 800 });
    await until(() => network.presses.length >= 2);
    assert.deepEqual(network.presses, [
      { kind: "matrix", key: "A", long: false },
      { kind: "matrix", key: "A", long: true },
    ]);
  });

  it("registers at the gateway, and types nothing on the device meanwhile (REG-02)", async () => {
    await page.locator("#gateway-user").fill("carol");
    await page.locator("#gateway-password").pressSequentially("secret D");
    network.outcome = { text: "Registered, if the name was free.", failed: false };
    await page.keyboard.press("Enter");
    await page.locator("#gateway-outcome").getByText("Registered, if the name was free.").waitFor();
    assert.deepEqual(network.wishes, [{ kind: "register", userID: "carol", password: "secret D" }]);
    assert.deepEqual(network.presses, []);
    assert.equal(await page.locator("#gateway-password").inputValue(), "");
    assert.ok(await page.getByRole("button", { name: "Enrol the device" }).isDisabled(), "it has a keypad");
    await page.getByText("Test keypad has keys of its own").waitFor();
  });

  it("says beside the field what is wrong with it, and sends nothing", async () => {
    const problem = (id: string) => page.locator(`#${id}-problem`).textContent();
    await page.getByRole("button", { name: "Register" }).click();
    assert.equal(await problem("gateway-user"), "User ID is missing.");
    assert.equal(await page.evaluate("document.activeElement.id"), "gateway-user");
    assert.equal(
      await page.locator("#gateway-user").getAttribute("aria-describedby"),
      "gateway-user-problem",
    );
    await page.locator("#gateway-user").fill("käthe");
    assert.equal(await problem("gateway-user"), "");
    await page.keyboard.press("Enter");
    assert.match((await problem("gateway-user")) ?? "", /a letter that no keypad has/);
    await page.locator("#gateway-user").fill("kate");
    await page.locator("#gateway-password").fill("p".repeat(65));
    await page.keyboard.press("Enter");
    assert.equal(await problem("gateway-password"), "Password has more than 64 characters.");
    assert.deepEqual(network.wishes, []);
  });

  it("shows how a wish has failed where it was made", async () => {
    network.outcome = { text: "Busy (result.busy)", failed: true };
    await page.getByRole("button", { name: "Invite all" }).click();
    await page.locator("#gateway-outcome.bad").getByText("Busy (result.busy)").waitFor();
  });

  it("enrols a device without keypad at the gateway (SEC-05)", async () => {
    network.add({ id: "sensor", label: "Sensor", secure: false }, "bare");
    await page.reload();
    await page.locator("#shelf button", { hasText: "Sensor" }).click();
    assert.equal(await page.locator("li.now").textContent(), "Enrol the device at the gateway, as demo");
    await page.locator("#gateway-user").fill("carol");
    await page.locator("#gateway-password").fill("secret");
    await page.keyboard.press("Enter");
    await until(() => network.wishes.length > 0);
    const wish = { kind: "enrol", device: "sensor", userID: "carol", password: "secret" };
    assert.deepEqual(network.wishes, [wish]);
    await page.getByRole("button", { name: "Enrol Sensor" }).waitFor();
    network.become("sensor", { enrolled: true });
    assert.equal(await page.getByRole("button", { name: "Enrol the device" }).isDisabled(), true);
    await page.getByText("Sensor has its key.").waitFor();
    assert.equal(await page.locator("li.now").textContent(), "Invite all at the gateway");
    for (const [state, why] of [
      [{ enrolled: false, powered: false }, "Sensor is off."],
      [{ powered: true, inRange: false }, "Sensor is out of range."],
      [{ inRange: true, connected: false }, "Sensor is not connected to the gateway."],
    ] as const) {
      network.become("sensor", state);
      await page.getByText(why).waitFor();
    }
  });

  it("prints on the soft keys what they do on this screen", async () => {
    assert.equal(await page.getByRole("button", { name: "D Enrol" }).count(), 1);
  });

  it("keeps the order of what is typed, however slow the first letter is on its way", async () => {
    let first = true;
    await page.route("**/press", async (route) => {
      const wait = first ? 300 : 0;
      first = false;
      await new Promise((resolve) => setTimeout(resolve, wait));
      await route.continue();
    });
    await page.keyboard.type("sesame42");
    await until(() => network.typed.length === 8);
    assert.equal(network.typed, "sesame42");
  });

  it("still types on the device after a click on a message, and opens it with the keyboard", async () => {
    network.message("ConnectRequest", "a value");
    const message = page.getByRole("button", { name: /^ConnectRequest/ });
    await message.click();
    await page.getByText("a value").waitFor();
    await page.keyboard.type("x");
    await page.keyboard.press("Enter");
    await until(() => network.presses.length === 2);
    assert.equal(network.typed, "x<named>");
    await message.focus();
    await page.keyboard.press("Enter");
    await page.getByText("a value").waitFor({ state: "detached" });
    assert.equal(await message.getAttribute("aria-expanded"), "false");
    await page.keyboard.type("y");
    await until(() => network.presses.length === 3);
  });

  it("has one stop for Tab in the chart, however many messages; the arrow keys go through them", async () => {
    for (let i = 0; i < 20; i++) network.message(`Message${i}`);
    await page.getByText("Message19", { exact: true }).waitFor();
    assert.equal(await page.locator('#rows button[tabindex="0"]').count(), 1);
    await page.locator('#rows button[tabindex="0"]').focus();
    const focused = () => page.evaluate("document.activeElement.querySelector('.name')?.textContent");
    assert.equal(await focused(), "Message19");
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), "Message18");
    await page.keyboard.press("Home");
    assert.equal(await focused(), "Message0");
    network.message("Late");
    await page.getByText("Late", { exact: true }).waitFor();
    assert.equal(await focused(), "Message0");
    await page.keyboard.press("End");
    assert.equal(await focused(), "Late");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), undefined);
    assert.deepEqual(network.presses, []);
  });

  it("shows hostile text as text", async () => {
    const hostile = '<img src=x onerror="alert(1)">';
    network.message(hostile, hostile, hostile);
    network.emit({ kind: "note", at: 1, party: "PNE", tone: "bad", text: hostile });
    await page.locator(".message").click();
    await page.locator(".details").waitFor();
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator(".note").textContent(), hostile);
  });

  const gap = "(e => e.scrollHeight - e.scrollTop - e.clientHeight)(document.getElementById('chart'))";

  it("follows the newest message until the person scrolls up, and again on request", async () => {
    for (let i = 0; i < 60; i++) network.message(`Message${i}`);
    await page.getByText("Message59", { exact: true }).waitFor();
    await until(async () => Number(await page.evaluate(gap)) < 5);
    await page.locator("#chart").hover();
    await page.mouse.wheel(0, -600);
    await until(async () => Number(await page.evaluate(gap)) > 500);
    network.message("Late");
    const latest = page.getByRole("button", { name: "Newest" });
    await latest.waitFor();
    assert.ok(Number(await page.evaluate(gap)) > 500);
    await latest.click();
    await until(async () => Number(await page.evaluate(gap)) < 5);
    assert.equal(await latest.isVisible(), false);
  });

  it("leaves the keyboard at the newest message when the way to it was asked for by keyboard", async () => {
    for (let i = 0; i < 60; i++) network.message(`Message${i}`);
    await page.getByText("Message59", { exact: true }).waitFor();
    await page.locator('#rows button[tabindex="0"]').focus();
    await page.keyboard.press("Home");
    await until(async () => Number(await page.evaluate(gap)) > 500);
    network.message("Late");
    await page.getByRole("button", { name: "Newest" }).waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.id"), "latest");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Newest" }).waitFor({ state: "hidden" });
    assert.equal(await page.evaluate("document.activeElement.querySelector('.name')?.textContent"), "Late");
  });

  it("tells the time in seconds, and after a minute in minutes too", async () => {
    for (const at of [40, 65_690])
      network.emit({ kind: "note", at, party: "PNE", tone: "info", text: "now" });
    await page.locator(".time").nth(1).waitFor();
    assert.deepEqual(await page.locator(".time").allTextContents(), ["0.04 s", "1:05.69"]);
  });

  it("marks what is encrypted", async () => {
    network.message("InClear");
    network.message("Sealed", "1", "PN GW session");
    await page.getByRole("button", { name: /^Sealed from PNE to PN GW, encrypted, 64 B/ }).waitFor();
    assert.equal(await page.locator(".message.locked").count(), 1);
  });

  it("shows where the switches stand", async () => {
    await page.getByRole("button", { name: "Cut the power" }).click();
    await page.getByRole("button", { name: "Power on" }).click();
    await page.getByRole("button", { name: "Cut the power" }).waitFor();
    assert.deepEqual(
      network.faults.map(({ kind }) => kind),
      ["cutPower", "powerOn"],
    );
    for (const button of await page.locator(".faults button").all()) {
      assert.match((await button.getAttribute("title")) ?? "", /^.{10,80}$/);
    }
  });

  it("brings each device to the front, with its own display, keys and messages", async () => {
    network.add({ id: "hall", label: "Hall", secure: false }, "matrix", "Other screen");
    network.add({ id: "sensor", label: "Sensor", secure: true }, "bare");
    await page.reload();
    await page.getByRole("button", { name: /^Hall/ }).click();
    await until(async () => /Other screen/.test((await page.locator("#spoken").textContent()) ?? ""));
    network.message("OfKitchen");
    network.message("OfHall", "1", undefined, "hall");
    await until(async () => (await page.locator("#rows .other").count()) === 1);
    await page.keyboard.type("x");
    await until(() => network.presses.length === 1);
    assert.deepEqual(network.pressed, ["hall"]);
    await page.getByRole("button", { name: /^Sensor/ }).click();
    await page.getByText("This device has neither keypad nor display").waitFor();
    assert.equal(await page.locator("#keypad").isVisible(), false);
    assert.equal(await page.locator("#spoken").textContent(), "", "nothing of the display before");
    await page.keyboard.type("y");
    await page.getByRole("button", { name: /^Hall/ }).click();
    await page.keyboard.type("z");
    await until(() => network.presses.length === 2);
    assert.equal(network.typed, "xz", "a device without keys takes none");
    await page.getByRole("button", { name: "Cut the power" }).click();
    await until(() => network.faults.length === 1);
    assert.deepEqual(network.faults, [{ kind: "cutPower", device: "hall" }]);
  });

  it("shows beside a message which step of the documents it is", async () => {
    const parties = { from: "PNE", to: "PN GW", devices: ["keypad"] } as const;
    const sent = { name: "PNSetupRequest", step: "PNI-01", octets: 1, fragments: 1, protectedBy: undefined };
    network.emit({ kind: "message", at: 1, ...parties, ...sent, fields: [] });
    await page.locator(".step").getByText("PNI-01", { exact: true }).waitFor();
  });

  it("says whose a message between gateway and Server is, and dims it for other devices", async () => {
    network.add({ id: "hall", label: "Hall", secure: false }, "matrix", "Other screen");
    await page.reload();
    const sent = { at: 1, from: "PN GW", to: "Server", octets: 1, fragments: 0 } as const;
    const rest = { protectedBy: undefined, fields: [] };
    network.emit({ kind: "message", ...sent, ...rest, name: "OfBoth", devices: ["keypad", "hall"] });
    network.emit({ kind: "message", ...sent, ...rest, name: "OfHall", devices: ["hall"] });
    network.emit({ kind: "message", ...sent, ...rest, name: "OfNobody", devices: [] });
    await page.getByText("OfNobody").waitFor();
    assert.deepEqual(await page.locator(".about").allTextContents(), ["Test keypad, Hall", "Hall"]);
    assert.deepEqual(await page.locator(".other .name").allTextContents(), ["OfHall"]);
  });

  it("makes networks at the gateway, and ends one only after a question", async () => {
    network.networks = [
      { id: "0a0b", label: "Garden, by Kitchen, 2 in it" },
      { id: "0c0d", label: "by the gateway, 3 in it" },
    ];
    network.tell();
    await page.getByRole("button", { name: "Invite all" }).click();
    await page.getByRole("button", { name: /^End the network by the gateway/ }).click();
    await page.getByRole("dialog").getByText("It ends for everybody in it").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^End the network by the gateway/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
    await until(() => network.wishes.length === 2);
    assert.deepEqual(network.wishes, [{ kind: "invite" }, { kind: "end", network: "0c0d" }]);
  });

  it("offers new firmware to the device in front, once that is enrolled", async () => {
    const offer = page.getByRole("button", { name: "New firmware for Test keypad" });
    assert.equal(await offer.isDisabled(), true);
    network.become("keypad", { enrolled: true });
    await offer.click();
    await page.getByText("It is done.").waitFor();
    assert.deepEqual(network.wishes, [{ kind: "update", device: "keypad" }]);
  });

  it("erases a device only after a question, which Cancel answers first", async () => {
    const forget = page.locator("#device-faults").getByRole("button", { name: "Forget keys" });
    await forget.click();
    await page.getByRole("dialog").getByText("Erase Test keypad?").waitFor();
    // What is typed meanwhile is no press of the device's keys: Enter is on Cancel.
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await forget.click();
    await page.getByRole("dialog").getByRole("button", { name: "Forget keys" }).click();
    await until(() => network.faults.length === 1);
    assert.deepEqual(network.faults, [{ kind: "forgetKeys", device: "keypad" }]);
    assert.deepEqual(network.presses, []);
  });

  it("shows the Server's audit log, newest first", async () => {
    network.audit = ["first", "second"];
    network.tell();
    await page.getByText("The Server's audit log").click();
    await page.locator("#audit-lines li").getByText("second").waitFor();
    assert.deepEqual(await page.locator("#audit-lines li").allTextContents(), ["second", "first"]);
  });

  it("tells the whole story again after a reload", async () => {
    network.message("Kept");
    await page.reload();
    await page.getByText("Kept", { exact: true }).waitFor();
    assert.equal(await page.locator(".message").count(), 1);
  });

  for (const width of [320, 390, 768, 1024, 1280, 1920]) {
    it(`fits a window ${width} pixels wide`, async () => {
      await page.setViewportSize({ width, height: 800 });
      network.message("EUKeyAssignmentResponse.challenge", "f".repeat(400));
      await page.locator(".message").click();
      await page.locator(".details").waitFor();
      const root = "document.documentElement";
      assert.equal(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`), 0);
      assert.equal(await page.evaluate("(e => e.scrollWidth - e.clientWidth)(chart)"), 0);
    });
  }
});
