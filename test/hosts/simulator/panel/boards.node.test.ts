import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { sentAssets } from "../../../../hosts/simulator/display/assets.js";
import { drawnOn } from "../../../../hosts/simulator/display/drawn.js";
import { ColourPicture, monoPicture, type Picture } from "../../../../hosts/simulator/display/picture.js";
import type { SentPicture } from "../../../../hosts/simulator/display/sent.js";
import { type BoardName, boardNames, boardOf } from "../../../../hosts/simulator/panel/boards.js";
import { type Panel, startPanel } from "../../../../hosts/simulator/panel/server.js";
import type { Screen } from "../../../../src/ui/screen.js";
import { launchOrSkip } from "../../../support/chromium.js";
import { until } from "../../../support/until.js";
import { FakeNetwork, screenOf } from "./fakeNetwork.js";

const still = { every: () => ({ cancel() {} }) };

function pictureOf(kind: SentPicture["kind"], screen: Screen): SentPicture {
  const sent: SentPicture[] = [];
  const take = (picture: SentPicture): void => void sent.push(picture);
  drawnOn(kind, take, still).show(screen);
  return sent[0] as SentPicture;
}

const settings: Screen = {
  id: "settings",
  title: "Küche: Settings",
  tone: "normal",
  lines: ["Name: Küche", "User: alice"],
  menu: { items: ["Name of this device", "Enrol again", "Erase everything"], selected: 1 },
  softKeys: ["Up", "Down", "Back", "Select"],
  status: { keypad: "matrix", enrolled: true, link: "secure", waiting: 0 },
};

/** What the page makes of boards: their displays to the pixel, and the keys that each has. */
describe("a board on the panel's page", function () {
  this.timeout(30_000);
  let network: FakeNetwork;
  let panel: Panel;
  let browser: Browser;
  let page: Page;

  before(async function () {
    browser = await launchOrSkip(this);
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  });
  after(() => browser?.close());
  beforeEach(async () => {
    network = new FakeNetwork();
    panel = await startPanel(network, { port: 7490, say: () => {} });
    await page.goto(panel.url);
    await page.locator("#label").getByText("Test keypad").waitFor();
  });
  afterEach(async () => {
    await page.goto("about:blank");
    panel.close();
  });

  /** One canvas pixel of each of the display's, whatever the window makes of it. */
  const pixels = (width: number, height: number): Promise<number[]> =>
    page.evaluate(`(() => {
      const canvas = document.getElementById("display");
      const times = canvas.width / ${width};
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      const all = [];
      for (let y = 0; y < ${height}; y++) for (let x = 0; x < ${width}; x++) {
        const at = 4 * (Math.floor((y + 0.5) * times) * canvas.width + Math.floor((x + 0.5) * times));
        all.push(data[at], data[at + 1], data[at + 2], data[at + 3]);
      }
      return all;
    })()`) as Promise<number[]>;

  for (const [kind, board] of [
    ["320x240", "m5stack"],
    ["240x135", "m5stick_cplus"],
    ["128x64", "nodemcu"],
  ] as const) {
    it(`shows every pixel of a display of ${kind}`, async () => {
      const sent = pictureOf(kind, settings);
      network.become("keypad", { board });
      network.show("keypad", settings, sent);
      await until(async () => (await page.locator("#spoken").textContent())?.startsWith("Küche") === true);
      const wanted: Picture =
        sent.kind === "128x64" ? monoPicture(sent) : new ColourPicture(sentAssets()).rgba(sent);
      const shown = await pixels(wanted.width, wanted.height);
      assert.equal(shown.length, wanted.rgba.length);
      const at = shown.findIndex((value, i) => value !== wanted.rgba[i]);
      assert.equal(at, -1, `pixel ${(at >> 2) % wanted.width}, ${Math.floor((at >> 2) / wanted.width)}`);
    });
  }

  it("is chosen in the device's card, by a name that people know", async () => {
    const choice = page.getByLabel("Board");
    assert.equal(await choice.inputValue(), "matrix");
    assert.deepEqual(
      await choice.locator("option").allTextContents(),
      boardNames.map((name) => boardOf(name).label),
    );
    await choice.selectOption("nodemcu");
    await until(() => network.faults.length === 1);
    assert.deepEqual(network.faults, [{ kind: "board", device: "keypad", board: "nodemcu" }]);
  });

  it("is for what is chosen there, too (C-30)", async () => {
    const choice = page.getByLabel("It is");
    assert.equal(await choice.inputValue(), "none");
    await choice.selectOption("lamp");
    await until(() => network.faults.length === 1);
    assert.deepEqual(network.faults, [{ kind: "application", device: "keypad", application: "lamp" }]);
  });

  async function become(board: BoardName, screen: Screen = screenOf("Welcome")): Promise<void> {
    network.become("keypad", { board });
    network.show("keypad", screen, pictureOf("320x240", screen));
    await until(async () => (await page.getByLabel("Board").inputValue()) === board);
  }

  it("with three buttons is pressed and held with them, or with the arrow keys", async () => {
    await become("m5stack", { ...screenOf("Welcome"), softKeys: ["Up", "Select", "Down"] });
    await page.getByRole("button", { name: "right button: Down" }).click();
    await page.getByRole("button", { name: "left button: Up" }).click({ delay: 900 });
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("a");
    await until(() => network.presses.length >= 5);
    const [short, long, again, ...typed] = network.presses;
    assert.deepEqual(short, { kind: "button", button: "right", long: false, repeat: false });
    assert.deepEqual(long, { kind: "button", button: "left", long: true, repeat: false });
    assert.deepEqual(again, { kind: "button", button: "left", long: true, repeat: true });
    assert.deepEqual(typed.slice(-2), [
      { kind: "button", button: "right", long: false, repeat: false },
      { kind: "button", button: "middle", long: true, repeat: false },
    ]);
  });

  it("with a keyboard takes what is typed into its field, and its soft keys", async () => {
    await become("m5stack_cardkb", { ...screenOf("Enrol"), softKeys: ["Delete", "", "Back", "OK"] });
    await page.getByLabel("Type on the device").pressSequentially("ab");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Back" }).click();
    await until(() => network.presses.length >= 5);
    assert.equal(network.typed, "ab<named><named><named>");
    assert.deepEqual(network.presses.at(-1), { kind: "named", key: "escape" });
  });

  it("that is touched feels the pointer in its own pixels, and when it leaves", async () => {
    await become("m5stack_core2");
    const box = await page.locator("#display").boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 3);
    await page.mouse.down();
    await page.mouse.up();
    await until(() => network.touches.length === 2);
    const [point, gone] = network.touches;
    assert.equal(gone, undefined);
    assert.ok(
      point && Math.abs(point.x - 160) <= 1 && point.y >= 236 && point.y < 240,
      JSON.stringify(point),
    );
    await page.getByRole("button", { name: "Enrol", exact: true }).click();
    await until(() => network.presses.length === 1);
    assert.deepEqual(network.presses, [{ kind: "matrix", key: "D", long: false }]);
  });

  it("without display and keys has nothing to press", async () => {
    await become("bare");
    await page.getByText("This device has neither keypad nor display").waitFor();
    assert.equal(await page.locator("#keypad button").count(), 0);
    await page.keyboard.type("x");
    assert.deepEqual(network.presses, []);
  });

  it("without display and keys says what is to be done at the gateway, as far as the device has come", async () => {
    await become("bare");
    const hint = page.locator("#try-faceless");
    await hint.getByText("There is nothing to press: enrol it at the gateway.").waitFor();
    network.become("keypad", { enrolled: true });
    await hint.getByText("There is nothing to press: invite it at the gateway.").waitFor();
    network.become("keypad", { joined: true });
    await hint.getByText("There is nothing to press: it is in a network.").waitFor();
  });

  it("whose display is dark as nobody uses it says how it wakes", async () => {
    const hint = page.getByText("Any key or touch wakes it.");
    const sent = pictureOf("320x240", settings);
    network.show("keypad", settings, { ...sent, light: "dark" });
    await hint.waitFor();
    network.show("keypad", settings, { ...sent, light: "full" });
    await hint.waitFor({ state: "hidden" });
    network.show("keypad", settings, { ...sent, light: "dark" });
    await hint.waitFor();
    network.add({ id: "hall", label: "Hall", secure: false }, "nodemcu", "Other screen");
    await page.reload();
    await hint.waitFor();
    await page.locator("#shelf button", { hasText: "Hall" }).click();
    await hint.waitFor({ state: "hidden" });
  });
});
