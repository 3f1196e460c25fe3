import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { espImage } from "./espImages.js";

const program = join(import.meta.dirname, "../../../hosts/factory/firmware.js");

describe("npm run firmware:sign", function () {
  this.timeout(60_000);
  let folder: string;
  const path = (name: string): string => join(folder, name);
  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder });
    return { status, out: stdout.toString(), error: stderr.toString() };
  };
  const refused = (status: number, words: RegExp, ...args: readonly string[]): void => {
    const ended = run(...args);
    assert.equal(ended.status, status, ended.error);
    assert.match(ended.error, words);
    assert.match(ended.error, /^firmware:sign: (?!npm)[^\n]+\n$/);
    assert.equal(ended.out, "");
  };
  const image = espImage();
  const release = ["--board", "esp32/m5stack", "--version", "0.2.0", "--counter", "3"];
  const sign = (...more: readonly string[]) =>
    run("sign", "app.bin", "--key", "key.pem", "--out", "app.cpns", ...release, ...more);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-sign-"));
    writeFileSync(path("app.bin"), image);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("makes a key that only its owner may read, prints the public one, and never overwrites it", () => {
    const made = run("key", "key.pem");
    assert.equal(made.status, 0, made.error);
    assert.match(made.out, /^0[23][0-9a-f]{64}\n$/);
    assert.equal(statSync(path("key.pem")).mode & 0o777, 0o600);
    assert.equal(run("public", "key.pem").out, made.out);
    const before = readFileSync(path("key.pem"), "utf8");
    refused(1, /key\.pem is there already, and a key is never overwritten/, "key", "key.pem");
    assert.equal(readFileSync(path("key.pem"), "utf8"), before);
    assert.ok(!made.error.includes("PRIVATE"));
  });

  it("signs an image, and says what it is", () => {
    const signed = sign();
    assert.equal(signed.status, 0, signed.error);
    assert.match(signed.out, /^board {5}esp32\/m5stack\nversion {3}0\.2\.0\ncounter {3}3\noctets {4}4928\n/);
    assert.equal(image.length, 4928);
    assert.equal(statSync(path("app.cpns")).size, 176 + image.length);
    const publicKey = run("public", "key.pem").out.trim();
    for (const by of [
      ["--key", "key.pem"],
      ["--public", publicKey],
    ]) {
      const verified = run("verify", "app.cpns", ...by);
      assert.equal(verified.status, 0, verified.error);
      assert.equal(verified.out, `${signed.out}signature good\n`);
    }
    assert.match(run("verify", "app.cpns").out, /signature not looked at/);
  });

  it("names what is wrong with an image", () => {
    const good = readFileSync(path("app.cpns"));
    const altered = (at: number): string => {
      const octets = Uint8Array.from(good);
      octets[at] = (octets[at] as number) ^ 1;
      writeFileSync(path("bad.cpns"), octets);
      return "bad.cpns";
    };
    refused(1, /no signed image of this format/, "verify", altered(0), "--key", "key.pem");
    refused(1, /not signed by this key, or altered/, "verify", altered(67), "--key", "key.pem");
    run("key", "other.pem");
    refused(1, /not signed by this key, or altered/, "verify", "app.cpns", "--key", "other.pem");
    refused(1, /no signed image of this format/, "verify", "app.bin");
    const tail = run("verify", altered(1000), "--key", "key.pem");
    assert.equal(tail.status, 1);
    assert.match(tail.error, /the image is not the one that was signed/);
    writeFileSync(path("cut.cpns"), good.subarray(0, 3000));
    assert.match(run("verify", "cut.cpns").error, /the image is not the one that was signed/);
  });

  it("refuses wrong keys, images and settings in one line", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    writeFileSync(path("p384.pem"), privateKey.export({ format: "pem", type: "pkcs8" }));
    writeFileSync(path("text"), "no key");
    writeFileSync(path("empty.bin"), "");
    const out = ["--out", "x.cpns", ...release];
    refused(1, /no private key of P-256/, "sign", "app.bin", "--key", "p384.pem", ...out);
    refused(1, /no private key of P-256/, "sign", "app.bin", "--key", "text", ...out);
    refused(1, /is not there/, "sign", "app.bin", "--key", "none.pem", ...out);
    refused(1, /an image has 1 to/, "sign", "empty.bin", "--key", "key.pem", ...out);
    writeFileSync(path("cut.bin"), image.subarray(0, 4000));
    refused(1, /cut, or damaged/, "sign", "cut.bin", "--key", "key.pem", ...out);
    writeFileSync(path("c3.bin"), espImage({ chip: 5 }));
    refused(1, /is for ESP32-C3/, "sign", "c3.bin", "--key", "key.pem", ...out);
    refused(1, /no image for an ESP32/, "sign", "text", "--key", "key.pem", ...out);
    refused(1, /is no file/, "sign", ".", "--key", "key.pem", ...out);
    refused(2, /--key is missing/, "sign", "app.bin", ...out);
    refused(2, /--board is missing/, "sign", "app.bin", "--key", "key.pem", "--version", "1", "--out", "x");
    // The command line first, then what it names.
    for (const [setting, value, words] of [
      ["--version", "a b", /at most 24 letters of ASCII/],
      ["--version", "v".repeat(25), /at most 24 letters of ASCII/],
      ["--board", "b".repeat(33), /at most 32/],
      ["--board", "Küche", /letters of ASCII/],
      ["--counter", "-1", /--counter/],
      ["--counter", "x", /--counter/],
    ] as const) {
      const args = out.map((one, i) => (out[i - 1] === setting ? value : one));
      refused(2, words, "sign", "none.bin", "--key", "none.pem", ...args);
    }
    const longest = ["--board", "b".repeat(32), "--version", "v".repeat(24), "--out", "longest.cpns"];
    assert.equal(run("sign", "app.bin", "--key", "key.pem", ...longest).status, 0);
    refused(1, /66 digits/, "verify", "app.cpns", "--public", "02");
    refused(2, /one of --key and --public/, "verify", "app.cpns", "--public", "02", "--key", "key.pem");
    refused(2, /takes one file/, "key");
    refused(2, /'make' is no command/, "make", "x");
  });

  it("leaves the file that was there when it cannot write", function () {
    if (process.getuid?.() === 0) this.skip();
    writeFileSync(path("app.cpns.keep"), "");
    chmodSync(folder, 0o500);
    try {
      assert.equal(sign().status, 1);
    } finally {
      chmodSync(folder, 0o700);
    }
  });
});
