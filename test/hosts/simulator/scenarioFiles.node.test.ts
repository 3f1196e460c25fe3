import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { header, inFolder, sim, simText } from "./scenarioSupport.js";

const steps =
  "type, press, wait, advance, wait-for, enrol, join, leave, end, invite, name, accept, decline, hello, gateway, app, set, at-gateway, update, send, factory-reset, cut-power, power-on, drop-link, " +
  "drop-fragment, corrupt-fragment, duplicate-fragment, drop-link-at-fragment, out-of-range, server, rogue-gateway, each, expect";
const expectations =
  "screen, text, keys, session, local-session, error, members, octets, fragments, flash, gateway-key, at-gateway, escrowed, topic, firmware, update, message";

/** A step in line 4, and what is said of it. */
const badSteps: readonly (readonly [string, string])[] = [
  ["tpye: alice", `step 'tpye' is not known; expected one of ${steps}`],
  ["toString: 1", `step 'toString' is not known; expected one of ${steps}`],
  ["dance", `step 'dance' is not known; expected one of ${steps}`],
  ["{}", "a step has nothing to do"],
  ["{ join: , leave: }", "a step is one thing, but here are 'join' and 'leave'"],
  ["wait: 5 weeks", "'wait' is not a duration such as 500ms, 2s, 5min, 1h, or 365d at most"],
  ["wait: 400d", "'wait' is not a duration such as 500ms, 2s, 5min, 1h, or 365d at most"],
  ["wait:", "'wait' is not a duration such as 500ms, 2s, 5min, 1h, or 365d at most"],
  ["press: E", "the matrix keypad has no key 'E'; it has 0 to 9, *, #, A to D, or hold- and one of these"],
  [
    "press: enter",
    "the matrix keypad has no key 'enter'; it has 0 to 9, *, #, A to D, or hold- and one of these",
  ],
  ["type: é", "'type' is not printable ASCII text"],
  ["type: [a]", "'type' is not text"],
  ["join: radio", "device 'radio' is not known; expected one of keypad"],
  ["{ press: A, device: radio }", "device 'radio' is not known; expected one of keypad"],
  ["join: { name: radio }", "key 'name' of 'join' is not known; expected one of device"],
  ["enrol: { user: mallory }", "user 'mallory' is none of the scenario's: 'enrol' needs a 'password'"],
  ["enrol: { usr: alice }", "key 'usr' of 'enrol' is not known; expected one of device, user, password"],
  ["{ wait: 1s, ends: done }", "step 'wait' is over at once: it has no end"],
  ["{ expect: { screen: home }, ends: done }", "an expectation has no end"],
  ["each: { of: radio, do: [enrol] }", "there is no device 'radio', and none of that name with a number"],
  ["each: { off: keypad }", "key 'off' of 'each' is not known; expected one of of, do"],
  [
    "{ each: [join], device: keypad }",
    "key 'device' of an entry of 'steps' is not known; expected one of each",
  ],
  ["each: [{ each: [join] }]", "'each' stands among the scenario's steps only, by itself"],
  ["each: [dance]", `step 'dance' is not known; expected one of ${steps}`],
  ["{ enrol, ends: '7' }", "'ends' is the code of an error, off, or how a step succeeds"],
  ["update: { counter: 2 }", "'update' has no 'to'"],
  ["update: { to: 0.2.0 beta }", "'to' has a space"],
  ["update: { to: 0.2.0, octets: 5 }", "'octets' is not a whole number, 100 to 1000000"],
  ["send: everybody", "'send' is not one of server, gateway"],
  ["server: sideways", "'server' is not one of down, up"],
  ["out-of-range: maybe", "'out-of-range' is not true or false"],
  ["drop-fragment: 0", "'drop-fragment' is not a whole number, 1 to 10000"],
  ["drop-fragment: 1.5", "'drop-fragment' is not a whole number, 1 to 10000"],
  ["cut-power: { manner: torn }", "'manner' stands without 'at-write'"],
  ["cut-power: { at-write: 1, manner: kind }", "'manner' is not one of before, torn, after"],
  ["expect: { scren: home }", `expectation 'scren' is not known; expected one of ${expectations}`],
  ["expect: {}", `'expect' expects nothing; expected one of ${expectations}`],
  ["expect: home", "'expect' is not a mapping of keys"],
  ["expect: { members: many }", "'members' is not a whole number, 0 to 100"],
  ["expect: { octets: { enrolment: few } }", "'enrolment' is not a number or a bound such as \"≤ 700\""],
  [
    "wait-for: { screen: home, within: long }",
    "'within' is not a duration such as 500ms, 2s, 5min, 1h, or 365d at most",
  ],
];

const device = "devices: [{ id: keypad }]\n";

/** A whole file, and all that is said of it after its name. */
const badFiles: readonly (readonly [string, string, string])[] = [
  ["that is empty", "", ": the file is empty"],
  ["of comments only", "# nothing\n", ": the file is empty"],
  ["that is a list", "- a\n", ":1: the scenario is not a mapping of keys"],
  ["without devices", "steps: []\n", ":1: the scenario has no 'devices'"],
  ["without steps", device, ":1: the scenario has no 'steps'"],
  [
    "with an unknown key",
    `${device}stepps: []\n`,
    ":2: key 'stepps' of the scenario is not known; expected one of seed, mtu, interval, users, devices, uicc, forward-secrecy, steps",
  ],
  ["with a bad MTU", `mtu: 22\n${device}`, ":1: 'mtu' is not a whole number, 23 to 517"],
  ["with a bad interval", `interval: 5s\n${device}`, ":1: 'interval' is not 8ms to 4s"],
  ["with two devices of one id", "devices:\n  - { id: a }\n  - { id: a }\n", ":3: 'a' stands twice"],
  [
    "with an odd device",
    "devices:\n  - { id: a, keypad: piano }\n",
    ":2: 'keypad' is not one of matrix, keyboard, buttons, touch, none",
  ],
  [
    "with an odd entity",
    "devices:\n  - { id: a, entity: 12x }\n",
    ":2: 'entity' is not 1 to 32 octets in lower-case hex",
  ],
  [
    "with a user without password",
    `${device}users:\n  - { id: alice }\n`,
    ":3: an entry of 'users' has no 'password'",
  ],
  [
    "with a User ID that no device takes",
    `${device}users:\n  - { id: " alice", password: a }\n`,
    ":3: 'id' is not taken: credential.userID.characters",
  ],
  [
    "whose step could be of two devices",
    "devices: [{ id: a }, { id: b }]\nsteps:\n  - join\n",
    ":3: step 'join' needs a 'device': there are 2",
  ],
  ["with an alias", `${device}users: &u []\nsteps: *u\n`, ":3: an alias is not taken here"],
  [
    "with an unknown key whose value is lines below",
    `${device}network:\n\n  mtu: 23\n`,
    ":2: key 'network' of the scenario is not known; expected one of seed, mtu, interval, users, devices, uicc, forward-secrecy, steps",
  ],
  [
    "with a second document",
    `${device}steps: []\n---\n${device}`,
    ":3: not YAML: it has more than one document",
  ],
  [
    "with a name of 33 octets",
    `devices: [{ id: a, name: ${"日".repeat(11)} }]\n`,
    ":1: 'name' is not 1 to 32 octets of text",
  ],
  ["with a name of blanks", 'devices: [{ id: a, name: "  " }]\n', ":1: 'name' is not 1 to 32 octets of text"],
  ["with a key twice", `${device}${device}`, ":2: not YAML: Map keys must be unique"],
];

describe("a scenario file that cannot be played", () => {
  for (const [step, message] of badSteps) {
    it(`is told in one line, with its place: ${step}`, async () => {
      const { code, out, errors } = await simText(`${header}  - ${step}\n`);
      assert.deepEqual({ code, out, errors }, { code: 2, out: [], errors: [`FILE:4: ${message}`] });
    });
  }

  for (const [what, text, message] of badFiles) {
    it(`${what} is told in one line`, async () => {
      const { code, out, errors } = await simText(text);
      assert.deepEqual({ code, out, errors }, { code: 2, out: [], errors: [`FILE${message}`] });
    });
  }

  it("with a fault of YAML is told in one line, with its place", async () => {
    const { code, errors } = await simText("users:\n  - { id: alice\ndevices: []\n");
    assert.equal(code, 2);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? "", /^FILE:[23]: not YAML: [^\n]+$/);
  });

  it("that is nested without end is told in one line", async () => {
    for (const nesting of ["[", "{a: ", "- ", "? "]) {
      const { code, errors } = await simText(nesting.repeat(40_000));
      assert.deepEqual({ code, errors }, { code: 2, errors: ["FILE: it is nested too deeply"] }, nesting);
    }
  });

  it("of more than 1 MB is not read", async () => {
    const { code, errors } = await simText(`#${"x".repeat(1024 * 1024)}`);
    assert.equal(code, 2);
    assert.deepEqual(errors, ["FILE: the file has 1048577 octets; at most 1048576"]);
  });

  it("of octets that are no text is not read", async () => {
    const { code, errors } = await simText(Uint8Array.of(0x61, 0xff, 0xfe));
    assert.deepEqual({ code, errors }, { code: 2, errors: ["FILE: the file is not UTF-8 text"] });
  });

  it("that is not there, or is a folder, is told in one line", async () => {
    await inFolder(async (path) => {
      const none = path("none.yaml");
      assert.deepEqual((await sim(none)).errors, [`${none}: the file cannot be read: there is none`]);
      const folder = path("folder");
      mkdirSync(folder);
      assert.deepEqual((await sim(folder)).errors, [`${folder}: the file cannot be read: it is a folder`]);
    });
  });
});

describe("a command line that cannot be used", () => {
  const usage = "; usage: npm run sim -- FILE [--json] [--seed S] [--keylog FILE] [--capture FILE]";
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], "no scenario file"],
    [["a.yaml", "b.yaml"], "more than one scenario file"],
    [["a.yaml", "--jsn"], "Unknown option '--jsn'"],
    [["a.yaml", "--seed"], "--seed takes a value; one that begins with - is written --seed=-…"],
    [["a.yaml", "--keylog", "a.yaml"], "one file cannot be two"],
  ];
  for (const [args, problem] of cases) {
    it(`is told in one line with its usage: ${args.join(" ") || "nothing"}`, async () => {
      const { code, out, errors } = await sim(...args);
      assert.deepEqual({ code, out, errors }, { code: 2, out: [], errors: [`${problem}${usage}`] });
    });
  }

  it("names a file that cannot be written", async () => {
    await inFolder(async (path) => {
      const file = path("no/folder/keys");
      const { code, errors } = await sim("scenarios/unknown-user.yaml", "--keylog", file);
      assert.deepEqual(
        { code, errors },
        { code: 2, errors: [`${file}: the file cannot be written: ENOENT`] },
      );
    });
  });
});
