import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { Browser, Page } from "playwright-core";
import { launchOrSkip } from "../../../support/chromium.js";

/** A person's first minute, in a real browser against `npm start`'s own program. */

describe("the panel in a browser", function () {
  this.timeout(120_000);
  const program = new URL("../../../../hosts/simulator/start.js", import.meta.url).pathname;
  let child: ReturnType<typeof spawn>;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  before(async function () {
    browser = await launchOrSkip(this);
    child = spawn(process.execPath, [program, "--no-open", "--port", "7190"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stdout?.on("data", (part: Buffer) => {
        said += part.toString();
        const match = /panel is at (\S+)/.exec(said);
        if (match?.[1] !== undefined) resolve(match[1]);
      });
      child.once("exit", () => reject(new Error(`ended: ${said}`)));
    });
    page = await browser.newPage({ viewport: { width: 1366, height: 820 } });
    page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(url);
  });

  after(async () => {
    await browser?.close();
    child?.kill("SIGINT");
  });

  const key = (name: string): Promise<void> => page.locator(`#keypad button[data-key="${name}"]`).click();

  /** Presses one after the other; a space waits, so that multi-tap begins another letter. */
  async function taps(names: string): Promise<void> {
    for (const name of names) {
      if (name === " ") await page.waitForTimeout(1_100);
      else await key(name);
    }
  }

  const text = async (): Promise<string> => (await page.locator("#spoken").textContent()) ?? "";

  async function shows(wanted: RegExp, within: number): Promise<boolean> {
    for (const until = Date.now() + within; !wanted.test(await text()); await page.waitForTimeout(50))
      if (Date.now() > until) return false;
    return true;
  }

  async function screen(wanted: RegExp): Promise<void> {
    if (!(await shows(wanted, 20_000))) assert.fail(`waited for ${wanted}, found: ${await text()}`);
  }

  /** Presses D until it counts: what has just changed under the finger takes no key for a second. */
  async function onTo(wanted: RegExp): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      await key("D");
      if (await shows(wanted, 4_000)) return;
    }
    assert.fail(`pressed D for ${wanted}, found: ${await text()}`);
  }

  it("a person enrols with the keypad, joins a PN and says hello", async () => {
    await screen(/Welcome/);
    // "demo" by multi-tap: d is 3, e is 33, m is 6 and o is 666.
    await key("D");
    // The field, not the welcome that speaks of a User ID.
    await screen(/User ID: empty/);
    await taps("3 33 6 666");
    await screen(/demo/);
    await key("D");
    await screen(/Password: /);
    await page.keyboard.type("sesame42");
    await page.keyboard.press("Enter");
    await screen(/Enrolled/);
    assert.equal(await page.locator("li.now").textContent(), "Start or join");
    await key("D");
    await screen(/Start or join, chosen/);
    await key("D");
    await screen(/Name of the network/);
    await key("D");
    await screen(/Started|Joined/);
    await key("D");
    await screen(/Say hello/);
    await key("D");
    await screen(/Server got: Hello, Server!/);
    await page.locator(".steps li.done").nth(3).waitFor();
  });

  it("shows every message, its fields, and no secret", async () => {
    const names = await page.locator(".message .name").allTextContents();
    for (const wanted of ["EUKeyAssignmentRequest", "ConnectRequest", "PNSetupRequest", "ApplicationData"]) {
      assert.ok(
        names.some((name) => name.includes(wanted)),
        wanted,
      );
    }
    assert.ok((await page.locator(".message.locked").count()) > 5);
    const relayed = page.locator(".message", { hasText: /^.?Relayed/ });
    assert.ok((await relayed.count()) >= 8);
    for (const about of await relayed.locator(".about").allTextContents()) assert.equal(about, "Kitchen");
    assert.equal(await relayed.locator(".about").count(), await relayed.count(), "each says whose it is");
    for (const message of await page.locator(".message").all()) await message.click();
    const chart = (await page.locator("#chart").textContent()) ?? "";
    assert.match(chart, /octets, encrypted or derived/);
    assert.ok(!chart.includes("sesame42"));
    assert.doesNotMatch(chart, /undefined|\[object/);
  });

  it("keeps the story over a reload", async () => {
    const before = await page.locator(".message").count();
    await page.reload();
    await screen(/From the Server|In the network/);
    assert.ok((await page.locator(".message").count()) >= before - 2);
  });

  it("offers new firmware at the gateway, and says how far it is until it runs", async () => {
    // Who reads is not disturbed: the question comes once the message has been put away.
    await screen(/From the Server/);
    await key("D");
    await page.getByRole("button", { name: "New firmware for Kitchen" }).click();
    await page.locator("#gateway-outcome").getByText("Firmware 0.2.0 is offered to the device.").waitFor();
    await screen(/New firmware/);
    const firmware = page.locator("#device-lines");
    await firmware.getByText("0.1.0 simulator; 0.2.0: is offered").waitFor();
    // What has just come up takes no key that was meant for something else.
    await page.waitForTimeout(1_100);
    await key("D");
    await firmware.getByText(/^0\.1\.0 simulator; 0\.2\.0: [2-9]\d %$/).waitFor();
    await screen(/^New firmware$/);
    await firmware.getByText("0.2.0, on trial").waitFor();
    await firmware.getByText("0.2.0", { exact: true }).waitFor();
  });

  it("says at the gateway what is wrong with a new password, and lets go of its fields for the device", async () => {
    const user = page.locator("#gateway-user");
    await user.fill("carol");
    for (const [password, why] of [
      ["short", "A new password has 8 characters or more. (credential.password.tooShort)"],
      ["1234567890", "Everybody tries this password. Choose another one. (credential.password.common)"],
    ] as const) {
      await page.locator("#gateway-password").fill(password);
      await page.getByRole("button", { name: "Register" }).click();
      await page.locator("#gateway-outcome.bad").getByText(why).waitFor();
    }
    await user.focus();
    await page.locator("#shelf button", { hasText: "Hall" }).click();
    assert.equal(await page.evaluate("document.activeElement.tagName"), "BODY");
    await page.locator("#shelf button", { hasText: "Kitchen" }).click();
  });

  it("makes trouble: power off and on, and the key is still there", async () => {
    await page.locator("#device-faults").getByRole("button", { name: "Cut the power" }).click();
    await page.locator("#device.off").waitFor();
    assert.equal(await page.locator("li.now").textContent(), "Start or join");
    // Before it is on again: the true gateway takes it back into its network.
    await page.locator("#gateway-faults").getByRole("button", { name: "Wrong gateway" }).click();
    await page.locator("#device-faults").getByRole("button", { name: "Power on" }).click();
    await screen(/Start or join, chosen/);
    await onTo(/Name of the network/);
    await key("D");
    await screen(/Not trusted/);
    await page.locator("#gateway-faults").getByRole("button", { name: "Wrong gateway" }).click();
  });

  it("forgets the keys, and begins again with the first step", async () => {
    await page.locator("#device-faults").getByRole("button", { name: "Forget keys" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Forget keys" }).click();
    await screen(/Everything was erased/);
    await key("D");
    await screen(/Welcome/);
    assert.equal(await page.locator("li.now").textContent(), "Type the User ID demo");
  });

  it("says so when the program has ended, and the program ends at once", async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    assert.equal(await ended, 0);
    await page.getByRole("status").getByText("The simulator has stopped.").waitFor();
    // The browser's own words on the connection that ended.
    for (let i = problems.length - 1; i >= 0; i--) {
      if (/net::ERR_/.test(problems[i] ?? "")) problems.splice(i, 1);
    }
  });

  it("had nothing to complain about", () => assert.deepEqual(problems, []));
});
