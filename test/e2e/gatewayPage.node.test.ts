import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ascii, hex } from "../../src/base/octets.js";
import { launchOrSkip } from "../support/chromium.js";
import { pagePassword, part, says, visitor } from "../support/gatewayPage.js";
import { freePort, gatewayFile, Household, password } from "../support/household.js";
import { Program } from "../support/programs.js";

const sensorID = ascii("sensor-0001");
const temporaryKey = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i);

/** A camera that shows a pattern, and a reader of codes that reads from it whatever a test lays before it. */
const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const readerOf = (text: string): string => `globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: ${JSON.stringify(text)} }]; }
};`;

/** Each test goes on where the one before it has ended: a family's first evening. */
describe("the gateway's page, with a real gateway, Server and browser", function () {
  this.timeout(180_000);
  let browser: Browser;
  let home: Household;
  let gateway: Program;
  let page: Page;
  let port = 0;
  let url = "";

  const started = async (): Promise<Program> => home.gateway("--page", `127.0.0.1:${port}`);
  const at = (name: string): Promise<void> => page.getByRole("link", { name, exact: true }).click();
  const card = (name: string) =>
    page.locator("li").filter({ has: page.getByRole("heading", { name, exact: true }) });

  before(async function () {
    browser = await launchOrSkip(this, camera);
    home = new Household();
    await home.server();
    await home.user("alice");
    port = await freePort();
    url = `https://127.0.0.1:${port}/`;
    gateway = await started();
    ({ page } = await visitor(browser));
    await page.goto(url);
  });
  after(async () => {
    await browser?.close();
    await home?.close();
  });

  it("is claimed by who has the code of the terminal, and by nobody else", async () => {
    const [, code = ""] = await gateway.says(/with the code ([A-Z2-9]{4}-[A-Z2-9]{4})/);
    await page.getByRole("heading", { name: "Choose a password" }).waitFor();
    const fill = async (said: string, one: string, two: string): Promise<void> => {
      await page.getByLabel("Set-up code").fill(said);
      await page.getByLabel("Password of this page").fill(one);
      await page.getByLabel("Password again").fill(two);
      await page.getByRole("button", { name: "Choose a password" }).click();
    };
    await fill("AAAA-AAAA", pagePassword, pagePassword);
    await says(page, /not right/);
    await fill(code, pagePassword, "another one");
    await says(page, "The two passwords differ.");
    await fill(code, "short", "short");
    await says(page, /8 characters or more/);
    await fill(code, pagePassword, pagePassword);
    await page.getByRole("heading", { name: "Gateway", exact: true }).waitFor();
  });

  it("gives the gateway its owner, and says when the password is wrong (EUK-GW-06, C-37)", async () => {
    await page.getByText("none yet", { exact: true }).waitFor();
    await page.getByLabel("User ID").fill("alice");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Give it its key" }).click();
    await says(page, /User ID or password is not right/);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Give it its key" }).click();
    await says(page, "The gateway has its key.");
    await page.getByText("there, of alice").waitFor();
    assert.match((await home.ask("status")).out, /^key +enrolled, of alice$/m);
  });

  it("connects to the Server now (S3 1a-I)", async () => {
    await page.getByRole("button", { name: "Connect to the Server now" }).click();
    await says(page, "The Server and the gateway have proven themselves to each other.");
    await page.getByText("both sides have proven themselves").waitFor();
  });

  it("registers a User ID (REG-02)", async () => {
    await at("People");
    const form = part(page, "Register a User ID");
    await form.getByLabel("User ID").fill("bob");
    await form.getByLabel("New password").fill("bob's own garden");
    await form.getByLabel("Password again").fill("bob's own garden");
    await form.getByRole("button").click();
    await says(page, /The User ID is yours if it was free/);
  });

  it("shows a device without keypad as it comes, and what it needs", async () => {
    await at("Devices");
    await page.getByText("Nobody is in range.").waitFor();
    await home.sensor({ entityID: sensorID, temporaryKey, name: "Balcony" });
    await card("Balcony").getByText("an owner: enrol it here").waitFor();
    await card("Balcony").getByText(hex(sensorID)).waitFor();
  });

  it("enrols it under its factory's key, whose label the camera has read (SEC-05)", async () => {
    const enrol = part(page, "Enrol a device without keypad");
    await enrol.getByRole("button", { name: "Scan the label" }).click();
    await says(page, /This browser cannot read codes/);
    await page.evaluate(readerOf("https://evil.example/"));
    await enrol.getByRole("button", { name: "Scan the label" }).click();
    await says(page, "This code is no label of a device.");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.evaluate(readerOf(`CPNS:${hex(sensorID).toUpperCase()}`));
    await enrol.getByRole("button", { name: "Scan the label" }).click();
    await says(page, "The label is read.");
    assert.equal(await enrol.getByLabel("ID of the device").inputValue(), hex(sensorID));
    await enrol.getByLabel("User ID", { exact: true }).fill("alice");
    await enrol.getByLabel("Password", { exact: true }).fill(password);
    await enrol.getByRole("button", { name: "Enrol", exact: true }).click();
    await says(page, "The device has its key.");
    await card("Balcony").getByText("nothing; it can be invited").waitFor();
  });

  it("starts a network with it under a name, and ends in its list (GWI-01)", async () => {
    await at("Networks");
    await page.getByText("There is no network.").waitFor();
    await page.getByLabel("Name").fill("Garden");
    await page.getByLabel("Balcony").check();
    await page.getByRole("button", { name: "Invite those" }).click();
    await says(page, "1 device is in the network.");
    await card("Garden").getByText("this gateway").waitFor();
    await card("Garden").getByText("Balcony").waitFor();
  });

  it("shows its owner's guests and changes them, with the owner's password (C-34)", async () => {
    await at("People");
    const guests = part(page, "Guests");
    await guests.getByLabel("Password of alice").fill("not the password");
    await guests.getByRole("button").click();
    await says(page, /not right/);
    await guests.getByLabel("Password of alice").fill(password);
    await guests.getByRole("button", { name: "Show" }).click();
    await guests.getByLabel("Guests, one User ID a line").fill("bob");
    await guests.getByRole("button", { name: "Save" }).click();
    await says(page, /^Saved/);
    const told = await home.owner("guests");
    assert.match(told.out, /^ {2}bob$/m, told.errors);
  });

  it("takes a device out and ends a network, after it has asked", async () => {
    await at("Networks");
    await page.getByRole("button", { name: "Remove Balcony" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await card("Garden").getByText("Balcony").waitFor();
    await page.getByRole("button", { name: "Remove Balcony" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await says(page, "Balcony is out of the network.");
    await page.getByText("There is no network.").waitFor();
    // It is on its way out and back for a moment.
    for (
      let tries = 0;
      tries < 20 && (await page.getByRole("button", { name: /^End/ }).count()) === 0;
      tries++
    ) {
      await page.getByRole("button", { name: "Invite all" }).click();
      await page.waitForTimeout(1_000);
    }
    await page.getByRole("button", { name: /^End Network/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End" }).click();
    await page.getByText("There is no network.").waitFor();
  });

  it("changes its password, and signs out", async () => {
    await at("This page");
    await page.getByLabel("Password now").fill(pagePassword);
    await page.getByLabel("New password").fill("another window seat");
    await page.getByLabel("Password again").fill("another window seat");
    await page.getByRole("button", { name: "Change the password of this page" }).click();
    await says(page, /Other browsers are signed out/);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("Password of this page").fill(pagePassword);
    await page.getByRole("button", { name: "Sign in" }).click();
    await says(page, /not right/);
    await page.getByLabel("Password of this page").fill("another window seat");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Gateway", exact: true }).waitFor();
  });

  it("keeps password and certificate over a restart of the gateway, and no session", async () => {
    const file = join(home.folder, "gw", "tls-cert.pem");
    const certificate = readFileSync(file, "utf8");
    await gateway.kill("SIGTERM");
    assert.equal(await gateway.ended(), 0, "an open page does not hold its end up");
    gateway = await started();
    assert.equal(/with the code/.test(gateway.out), false);
    assert.equal(readFileSync(file, "utf8"), certificate);
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("Password of this page").fill("another window seat");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("there, of alice").waitFor();
  });

  it("is opened again at the terminal when its password is forgotten, and signs everybody out", async () => {
    const told = await home.ask("page", "--reset");
    const [, code = ""] = /with the code (\S+)/.exec(told.out) ?? assert.fail(told.errors);
    await page.getByRole("heading", { name: "Choose a password" }).waitFor();
    await page.getByLabel("Set-up code").fill(code);
    await page.getByLabel("Password of this page").fill(pagePassword);
    await page.getByLabel("Password again").fill(pagePassword);
    await page.getByRole("button", { name: "Choose a password" }).click();
    await page.getByText("there, of alice").waitFor();
  });

  it("is told at the terminal, and is left out in one line where its port is taken", async () => {
    const told = JSON.parse((await home.ask("page", "--json")).out) as Record<string, unknown>;
    assert.deepEqual(told.addresses, [url]);
    assert.match(String(told.fingerprint), /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.equal("code" in told, false);
    const place = ["--state", join(home.folder, "second"), "--server", `https://127.0.0.1:${home.port}`];
    const air = ["--radio", `virtual:${home.folder}/air2`];
    const second = new Program(gatewayFile, [
      ...place,
      "--pin",
      home.pin,
      ...air,
      "--page",
      `127.0.0.1:${port}`,
    ]);
    try {
      await second.says(/it has no page: 127\.0\.0\.1:\d+: the address is in use/);
      await second.says(/running/);
    } finally {
      await second.kill();
    }
  });

  it("loads nothing from elsewhere and breaks none of its own policy", async () => {
    const { page: other } = await visitor(browser);
    const wrong: string[] = [];
    other.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) wrong.push(request.url());
    });
    other.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text());
    });
    other.on("pageerror", (error) => wrong.push(String(error)));
    await other.goto(url);
    await other.getByLabel("Password of this page").fill(pagePassword);
    await other.getByRole("button", { name: "Sign in" }).click();
    for (const name of ["Devices", "Networks", "People", "This page", "Gateway"]) {
      await other.getByRole("link", { name, exact: true }).click();
      await other.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    }
    assert.deepEqual(wrong, []);
  });
});
