import assert from "node:assert/strict";
import { hkdfSync } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { keyLogging } from "../../../hosts/simulator/network/suites.js";
import { ascii } from "../../../src/base/octets.js";
import { header, inFolder, sim, simText } from "./scenarioSupport.js";

const folder = "scenarios";
const mainJob = `${folder}/enrol-and-join.yaml`;

interface Event {
  readonly t: number;
  readonly kind: string;
  readonly [name: string]: unknown;
}

const events = (lines: readonly string[]): Event[] => lines.map((line) => JSON.parse(line) as Event);

describe("the scenarios of the project", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

  it("are there", () => {
    assert.ok(files.length >= 13);
  });

  for (const file of files) {
    it(`${file} holds, is commented and fits on a page`, async () => {
      const { code, out, errors } = await sim(`${folder}/${file}`);
      assert.deepEqual({ code, errors }, { code: 0, errors: [] }, out.join("\n"));
      assert.match(out.at(-1) ?? "", /^[1-9][0-9]* expectations held$/);
      const text = readFileSync(`${folder}/${file}`, "utf8");
      assert.match(text, /^# /);
      assert.ok(text.trimEnd().split("\n").length <= 40);
    });
  }
});

describe("a run of a scenario", () => {
  for (const keypad of ["matrix", "keyboard", "buttons", "touch"]) {
    it(`finds its way from an application's page to a menu (${keypad})`, async () => {
      const text = [
        "users: [{ id: alice, password: wonderland }]",
        `devices: [{ id: hall, keypad: ${keypad}, app: lamp }]`,
        "steps:",
        "  - enrol: hall",
        "  - join: hall",
        "  - app: { device: hall, press: Switch }",
        "  - send: server",
        "",
      ].join("\n");
      const { code, out } = await simText(text);
      assert.equal(code, 0, out.join("\n"));
    });
  }

  it("names each expectation that fails, goes on, and exits with 1", async () => {
    const text = `${header}  - expect: { screen: home, keys: empty }\n  - enrol: { password: wrong }\n  - expect: { error: none }\n`;
    const { code, out, errors } = await simText(text);
    assert.deepEqual({ code, errors }, { code: 1, errors: [] });
    assert.deepEqual(out.slice(-4), [
      "FILE:4: expected screen home, found welcome",
      "FILE:5: enrol as alice: it ended as result.refused, not enrolled",
      "FILE:6: expected error none, found result.refused",
      "1 expectation held, 3 failed",
    ]);
    assert.match(out[0] ?? "", /^✗ +1\.000 s {2}expect screen home$/);
    assert.match(out[1] ?? "", /^✓ +1\.000 s {2}expect keys empty$/);
  });

  it("ends at a step that cannot be done, and exits with 1", async () => {
    const { code, out } = await simText(`${header}  - join\n  - expect: { screen: welcome }\n`);
    assert.equal(code, 1);
    assert.deepEqual(out.slice(-2), [
      "FILE:4: could not join a network: screen 'welcome' offers no 'Only with the gateway'",
      "0 expectations held, 1 failed",
    ]);
  });

  it("does steps for each of many devices, which are alike but for their numbers", async () => {
    const text =
      "users: [{ id: user, password: wonderland, count: 2 }]\n" +
      "devices: [{ id: node, keypad: keyboard, count: 2 }, { id: node-x, keypad: keyboard }]\n" +
      "steps:\n  - each: { of: node, do: [{ enrol: { user: user-2 } }, { expect: { keys: enrolled } }] }\n" +
      "  - each: [{ expect: { session: none } }]\n  - expect: { device: node-x, keys: empty }\n";
    const { code, out } = await simText(text);
    assert.equal(code, 0, out.join("\n"));
    const done = out.map((line) => line.replace(/^✓ +[0-9.]+ s {2}/, ""));
    assert.deepEqual(done, [
      "node-1: enrol as user-2: enrolled",
      "node-1: expect keys enrolled",
      "node-2: enrol as user-2: enrolled",
      "node-2: expect keys enrolled",
      "node-1: expect session none",
      "node-2: expect session none",
      "node-x: expect session none",
      "node-x: expect keys empty",
      "6 expectations held",
    ]);
  });

  it("takes 2 000 devices and 2 000 users, and not one more of either", async () => {
    const of = (devices: number, users: number): string =>
      `users: [{ id: u, password: wonderland, count: ${users} }]\ndevices: [{ id: d, count: ${devices} }]\nsteps: []\n`;
    assert.deepEqual((await simText(of(2_000, 1))).code, 0);
    for (const text of [of(2_001, 1), of(1, 2_001)]) {
      const { errors } = await simText(text);
      assert.match(errors[0] ?? "", /'count' is not a whole number, 1 to 2000$/);
    }
    const unknown = `${of(2_000, 1).replace("[]", "")}  - drop-link: e\n`;
    const known = Array.from({ length: 50 }, (_, i) => `d-${i + 1}`).join(", ");
    assert.deepEqual((await simText(unknown)).errors, [
      `FILE:4: device 'e' is not known; expected one of ${known} and 1950 more`,
    ]);
    const alike = "devices: [{ id: a-2 }, { id: a, count: 3 }]\nsteps: []\n";
    assert.deepEqual((await simText(alike)).errors, ["FILE:1: 'a-2' stands twice"]);
    const twice = "devices: [{ id: a, count: 1500 }, { id: b, count: 1500 }]\nsteps: []\n";
    assert.deepEqual((await simText(twice)).errors, ["FILE:1: there are more than 2000"]);
  });

  it("says how a step ended, and takes a failure that is meant", async () => {
    const text = `${header}  - { enrol: { password: wrong }, ends: result.refused }\n  - enrol\n  - expect: { keys: enrolled }\n`;
    const { code, out } = await simText(text);
    assert.equal(code, 0, out.join("\n"));
    assert.match(out[0] ?? "", /^✓ .*enrol as alice: result\.refused$/);
    assert.match(out[1] ?? "", /^✓ .*enrol as alice: enrolled$/);
    const succeeds = await simText(`${header}  - { enrol, ends: result.refused }\n`);
    assert.equal(succeeds.code, 1);
    assert.equal(succeeds.out.at(-2), "FILE:4: enrol as alice: it ended as enrolled, not result.refused");
  });

  it("fails where nothing succeeded: at the gateway, before the device is there", async () => {
    const devices =
      "users: [{ id: alice, password: wonderland }]\ndevices: [{ id: lamp, keypad: none, pan: secure }]\n";
    const { code, out } = await simText(
      `${devices}steps:\n  - out-of-range: true\n  - at-gateway: { install: lamp }\n`,
    );
    assert.equal(code, 1);
    assert.match(
      out.at(-2) ?? "",
      /^FILE:5: install lamp at the gateway as alice: it ended as \S+, not done$/,
    );
  });

  it("asks at the end how an invitation ended, and gives it the time", async () => {
    const family =
      "users: [{ id: alice, password: wonderland }]\ndevices: [{ id: hall, keypad: keyboard, reachable: true }]\n";
    const invited = (ends: string, answer: string): ReturnType<typeof simText> =>
      simText(
        `${family}steps:\n  - enrol\n  - wait: 5s\n  - { gateway: { invite: all }${ends} }\n  - wait: 1s\n${answer}`,
      );
    const refused = await invited("", "  - decline\n");
    assert.deepEqual(refused.out.slice(-2), [
      "FILE:6: invite all at the PN GW: it ended as result.declined, not done",
      "0 expectations held, 1 failed",
    ]);
    assert.equal((await invited(", ends: result.declined", "  - decline\n")).code, 0);
    const unanswered = await invited("", "");
    assert.match(unanswered.out.at(-2) ?? "", /^FILE:6: invite all at the PN GW: it ended as \S+, not done$/);
    assert.deepEqual((await invited("", "  - accept\n")).code, 0);
    const lost = await invited("", "  - accept\n  - drop-link\n");
    assert.equal(lost.code, 1);
    assert.ok(
      lost.out.some((line) => /^FILE:8: say yes: it ended as \S+, not joined$/.test(line)),
      lost.out.join("\n"),
    );
  });

  it("names what was planned and never came", async () => {
    const plans =
      "  - cut-power: { at-write: 900 }\n  - drop-fragment: 900\n  - join\n  - drop-link-at-fragment: 1\n";
    const { code, out } = await simText(`${header}  - enrol\n${plans}  - expect: { session: pn }\n`);
    assert.equal(code, 1);
    const cut = "could not cut the power at flash write 900 from here (before): it never came";
    assert.match(
      out.at(-4) ?? "",
      new RegExp(`^FILE:5: ${cut.replace(/[()]/g, "\\$&")}: the device wrote its flash [0-9]+ times only$`),
    );
    assert.deepEqual(out.slice(-3), [
      "FILE:6: could not lose fragment 900 of the next connection: it never came: the connection had fewer fragments",
      "FILE:8: could not drop the link at fragment 1 of the next connection: it never came: there was no other connection",
      "1 expectation held, 3 failed",
    ]);
  });

  it("refuses what cannot be: power on twice, off twice, keys without power, what is not there, two cuts at once", async () => {
    for (const [steps, why] of [
      ["  - power-on\n", "could not switch the power on: the device is on"],
      ["  - cut-power\n  - cut-power\n", "could not cut the power: the device is off"],
      ["  - drop-link\n", "could not drop the link: the device has no link"],
      ["  - cut-power\n  - press: D\n", "could not press D: the device is off"],
      ["  - cut-power\n  - type: abc\n", "could not type 3 characters: the device is off"],
      ["  - type: abc\n", "could not type 3 characters: there is no field to type into on screen 'welcome'"],
      ["  - gateway: { end: true }\n", "could not end the PNs at the PN GW: the PN GW has no network"],
      [
        "  - gateway: { uicc: used-elsewhere }\n",
        "could not use the UICC elsewhere: the PN GW has no UICC: 'uicc: 1h' gives it one",
      ],
      [
        "  - cut-power: { at-write: 1 }\n  - cut-power: { at-write: 2 }\n",
        "could not cut the power at flash write 2 from here (before): another power cut is still to come",
      ],
    ] as const) {
      const { code, out } = await simText(`${header}${steps}`);
      assert.equal(code, 1);
      assert.ok(
        out.some((line) => line.endsWith(why)),
        out.join("\n"),
      );
    }
  });

  it("counts what it waited for among what held, and does not say that nothing held where nothing was expected", async () => {
    const wait = "  - enrol\n  - wait-for: { screen: enrolled, keys: enrolled }\n";
    assert.equal((await simText(header + wait)).out.at(-1), "2 expectations held");
    const steps = await simText(`${header}  - enrol\n`);
    assert.deepEqual(
      [steps.code, steps.out.at(-1)],
      [0, "every step was done; nothing was expected besides"],
    );
  });

  it("says what it waited for in vain", async () => {
    const { code, out } = await simText(`${header}  - wait-for: { screen: home, within: 2s }\n`);
    assert.equal(code, 1);
    const failure = "FILE:4: could not wait for screen home: after 2 s expected screen home, found welcome";
    assert.equal(out.at(-2), failure);
  });

  it("tells of every step, message, screen and expectation in JSON, in order of time", async () => {
    const { code, out } = await sim(mainJob, "--json");
    assert.equal(code, 0);
    const all = events(out);
    const kinds = new Set(all.map((event) => event.kind));
    assert.deepEqual([...kinds].sort(), ["end", "expectation", "message", "note", "screen", "step"]);
    assert.ok(all.every((event, index) => event.t >= (all[index - 1]?.t ?? 0)));
    const { t: _, ...end } = all.at(-1) as Event;
    assert.deepEqual(end, { kind: "end", ok: true, held: 23, failed: 0 });
  });

  it("tells no password, on whatever keypad it is typed (SEC-06)", async () => {
    for (const keypad of ["matrix", "keyboard", "buttons"]) {
      const text = header.replace("matrix", keypad).replace("wonderland", "Secr3t!word");
      const { code, out } = await simText(`${text}  - enrol\n  - expect: { keys: enrolled }\n`, "--json");
      assert.equal(code, 0);
      const fields = events(out).filter((event) => event.kind === "screen" && event.id === "password");
      assert.ok(fields.length > 11);
      for (const { field } of fields) assert.match((field as { text: string }).text, /^\**$/);
      assert.ok(!out.join("").includes("Secr3t!word"));
    }
  });

  it("types every printable character on every keypad", async () => {
    const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join("");
    const start = { matrix: "D", keyboard: "enter", buttons: "middle" };
    for (const [keypad, key] of Object.entries(start)) {
      for (const part of [printable.slice(1, 33), printable.slice(33, 65), printable.slice(65)]) {
        const quoted = JSON.stringify(part);
        const text = `${header.replace("matrix", keypad)}  - press: ${key}\n  - type: ${quoted}\n`;
        const { out } = await simText(text, "--json");
        const typed = events(out).filter((event) => event.kind === "screen");
        assert.equal((typed.at(-1)?.field as { text?: string } | undefined)?.text, part, keypad);
      }
    }
  });
});

describe("the files of a run", () => {
  const outputs = (path: (name: string) => string, run: string, seed: string[]) =>
    sim(mainJob, "--json", "--keylog", path(`${run}.keys`), "--capture", path(`${run}.capture`), ...seed);

  it("are the same, octet for octet, for the same seed, and others for another", async () => {
    await inFolder(async (path) => {
      const a = await outputs(path, "a", []);
      const b = await outputs(path, "b", ["--seed", "enrol-and-join"]);
      const c = await outputs(path, "c", ["--seed", "another"]);
      assert.deepEqual([a.code, b.code, c.code], [0, 0, 0]);
      const read = (name: string): string => readFileSync(path(name), "utf8");
      assert.deepEqual(a.out, b.out);
      assert.equal(read("a.keys"), read("b.keys"));
      assert.equal(read("a.capture"), read("b.capture"));
      assert.notDeepEqual(a.out, c.out);
      assert.notEqual(read("a.keys"), read("c.keys"));
      assert.notEqual(read("a.capture"), read("c.capture"));
    });
  });

  it("hold keys that the values beside them give again, for the owner's eyes only", async () => {
    await inFolder(async (path) => {
      writeFileSync(path("keys"), "something older", { mode: 0o644 });
      await sim(mainJob, "--keylog", path("keys"));
      assert.equal(statSync(path("keys")).mode & 0o777, 0o600);
      const [first = "", ...lines] = readFileSync(path("keys"), "utf8").trimEnd().split("\n");
      assert.match(first, /^# Keys of the CPNS simulator/);
      const form =
        /^(\S+) entity=(\S+) salt=([0-9a-f]*) ikm=([0-9a-f]*) info=([0-9a-f]*) secret=([0-9a-f]+)$/;
      const fields = lines.map((line) => form.exec(line) ?? assert.fail(line));
      const derived = fields.filter(([, label]) => label !== "SaltedPassword" && label !== "P-256_scalar");
      assert.ok(derived.length > 5 && derived.length < fields.length);
      for (const [line, , , salt = "", ikm = "", info = "", secret = ""] of derived) {
        const octets = [ikm, salt, info].map((value) => Buffer.from(value, "hex")) as [
          Buffer,
          Buffer,
          Buffer,
        ];
        const key = Buffer.from(hkdfSync("sha256", ...octets, secret.length / 2));
        assert.equal(key.toString("hex"), secret, line);
      }
    });
  });

  it("name a session key by its label, whatever the hash looks like that comes after it", () => {
    const labels: string[] = [];
    const suite = keyLogging(nodeSuite, "server", ({ label }) => labels.push(label));
    const infos = ["CPNS SKhash", "CPNS SK\u0000", "CPNS resume", "CPNS TK link\u0000\u0010"];
    for (const info of infos) suite.hkdf(new Uint8Array(0), new Uint8Array(32), ascii(info), 32);
    assert.deepEqual(labels, ["CPNS SK", "CPNS SK", "CPNS resume", "CPNS TK link"]);
  });

  it("hold every fragment and every message between PN GW and Server", async () => {
    await inFolder(async (path) => {
      const { out } = await sim(mainJob, "--json", "--capture", path("capture"));
      const captured = events(readFileSync(path("capture"), "utf8").trimEnd().split("\n"));
      const messages = events(out).filter((event) => event.kind === "message");
      const fragments = messages.reduce((sum, message) => sum + Number(message.fragments), 0);
      assert.equal(captured.filter((one) => one.link !== undefined).length, fragments);
      const backhaul = messages.filter((message) => message.fragments === 0);
      assert.equal(captured.filter((one) => one.link === undefined).length, backhaul.length);
      assert.ok(captured.every((one) => /^([0-9a-f]{2})+$/.test(String(one.hex))));
    });
  });
});
