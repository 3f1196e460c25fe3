import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { octetsOf, readCommand } from "../../../hosts/gateway/commands.js";
import { askGateway, type ControlAnswer, serveControl } from "../../../hosts/gateway/control.js";
import { readGuestsCommand, runGuests } from "../../../hosts/gateway/guests.js";
import { serverAddressOf } from "../../../hosts/gateway/identity.js";
import { Misuse } from "../../../hosts/node/program/misuse.js";
import { FolderKeyValue } from "../../../hosts/node/storage/folderKeyValue.js";
import { ascii } from "../../../src/base/octets.js";
import { silentLog } from "../../../src/base/ports.js";

describe("commands over the gateway's socket", () => {
  it("are those of the core, with texts in place of octets (EUK-GW-06, REG-10)", () => {
    assert.deepEqual(readCommand({ kind: "enrol", userID: "alice", password: "pässword" }), {
      kind: "enrol",
      userID: ascii("alice"),
      password: Uint8Array.of(0x70, 0xe4, 0x73, 0x73, 0x77, 0x6f, 0x72, 0x64),
    });
    // Its low octet alone would be a B.
    assert.deepEqual(octetsOf("\u0142"), Uint8Array.of(0xff));
    assert.deepEqual(readCommand({ kind: "createPN", who: ["00FF"], alias: "Home" }), {
      kind: "createPN",
      who: ["00FF"],
      alias: "Home",
    });
    assert.deepEqual(readCommand({ kind: "removeMember", pn: "AB", member: "cd" }), {
      kind: "removeMember",
      pn: "ab",
      member: "cd",
    });
  });

  it("take names and texts that devices can show, at their bounds, and say in words what is none", () => {
    const named = (alias: string) => readCommand({ kind: "createPN", alias });
    const most = `${"日".repeat(10)}ab`;
    assert.deepEqual(named(most), { kind: "createPN", who: "all", alias: most });
    for (const none of ["", "  "]) assert.deepEqual(named(none), { kind: "createPN", who: "all" });
    for (const long of ["x".repeat(33), "日".repeat(11)])
      assert.throws(() => named(long), /at most 32 octets/);
    const said = (text: string) => readCommand({ kind: "send", pn: "00", to: "00", text });
    assert.deepEqual(said("x".repeat(1024)), {
      kind: "send",
      pn: "00",
      to: "00",
      payload: new Uint8Array(1024).fill(0x78),
    });
    for (const odd of ["", "Küche", "\u{1f6cb}", "a\nb"])
      assert.throws(() => said(odd), /the text is empty, or/);
    assert.throws(() => said("x".repeat(1025)), /more than 1024 letters/);
  });

  it("may insist on one way to enrol a device, and on no third one (SEC-04, SEC-05)", () => {
    const fields = { kind: "enrolDevice", device: "00ff", userID: "alice", password: "x" };
    for (const how of ["credentials", "temporaryKey"] as const) {
      const command = readCommand({ ...fields, how });
      assert.equal(command.kind === "enrolDevice" && command.how, how);
    }
    assert.equal("how" in readCommand(fields), false);
    assert.throws(() => readCommand({ ...fields, how: "force" }), /how is/);
  });

  it("about guests are the Server's business, and are bounded like others (C-34)", () => {
    assert.equal(readGuestsCommand({ kind: "connect" }), undefined);
    assert.deepEqual(readGuestsCommand({ kind: "guests", password: "x" }), { password: ascii("x") });
    const change = { kind: "setGuests", password: "x", guests: ["bob"], everybody: false };
    assert.deepEqual(readGuestsCommand(change), {
      password: ascii("x"),
      change: { guests: [ascii("bob")], everybody: false },
    });
    for (const wrong of [
      { kind: "guests" },
      { ...change, guests: "bob" },
      { ...change, guests: [7] },
      { ...change, guests: new Array(1_000).fill("bob") },
      { ...change, everybody: "yes" },
    ])
      assert.throws(() => readGuestsCommand(wrong), Error);
  });

  it("about guests say no before anything is sent, where they can, and wipe the password", async () => {
    const host = {
      server: { account: () => assert.fail("something was sent") },
      serverID: ascii("cpns.example"),
      userID: undefined,
      log: silentLog,
    };
    const password = ascii("a password");
    const outcome = await runGuests(host, { password });
    assert.equal("error" in outcome && outcome.error.code, "auth.noKey");
    assert.ok(password.every((octet) => octet === 0));
    const wrong = { password: ascii("x"), change: { guests: [ascii(" bob")], everybody: false } };
    const refused = await runGuests({ ...host, userID: "alice" }, wrong);
    assert.equal("error" in refused && refused.error.code, "credential.userID.characters");
    const away = { account: async () => ({ failed: "away", why: "ECONNREFUSED" }) as const };
    const gone = await runGuests(
      { ...host, userID: "alice", server: away },
      { password: ascii("a password") },
    );
    assert.equal("error" in gone && gone.error.code, "result.serverUnreachable");
  });

  for (const [name, fields] of [
    ["no kind", {}],
    ["an unknown kind", { kind: "open" }],
    ["a missing text", { kind: "enrol", userID: "alice" }],
    ["a number for a text", { kind: "enrol", userID: 1, password: "x" }],
    ["an ID that is none", { kind: "disconnect", device: "kitchen" }],
    ["an ID that is too long", { kind: "disconnect", device: "00".repeat(33) }],
    ["a list with what is no ID", { kind: "createPN", who: ["x"] }],
  ] as const) {
    it(`refuse ${name} in one line`, () => {
      assert.throws(
        () => readCommand(fields),
        (error: Error) => !error.message.includes("\n"),
      );
    });
  }
});

describe("the gateway's socket", () => {
  const pin = `sha256/${"x".repeat(43)}=`;
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-control-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function serving<T>(
    answer: () => Promise<ControlAnswer>,
    work: (path: string) => Promise<T>,
  ): Promise<T> {
    const path = join(folder, "control.sock");
    const server = createServer((socket) => serveControl(socket, answer));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      return await work(path);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it("answers, and says no in words", async () => {
    const answers: ControlAnswer[] = [{ value: 7 }, { error: "the device is busy" }];
    await serving(
      async () => answers.shift() ?? { value: null },
      async () => {
        assert.equal(await askGateway(folder, { ask: "view" }), 7);
        await assert.rejects(askGateway(folder, { ask: "view" }), { message: "the device is busy" });
      },
    );
    await assert.rejects(askGateway(folder, { ask: "view" }), /no gateway runs/);
  });

  it("lets go whoever sends no end of a line, or what is no JSON, and goes on", async () => {
    await serving(
      async () => ({ value: "here" }),
      async (path) => {
        const flood = connect(path);
        const closed = new Promise((resolve) => flood.on("close", resolve));
        flood.on("error", () => {}).resume();
        flood.write("x".repeat(20_000));
        await closed;
        const odd = connect(path);
        const said = new Promise<string>((resolve) => odd.on("data", (data) => resolve(String(data))));
        odd.write("{\n");
        assert.match(await said, /"error"/);
        odd.destroy();
        assert.equal(await askGateway(folder, { ask: "view" }), "here");
      },
    );
  });

  it("belongs to one Server, whose address and pin are kept", () => {
    const store = new FolderKeyValue(join(folder, "state"));
    const given = (server?: string, one?: string) => serverAddressOf(store, { server, pin: one });
    assert.throws(() => given(), /which Server/);
    assert.deepEqual(given("https://a:1", pin), { server: "https://a:1", pin });
    assert.deepEqual(given(), { server: "https://a:1", pin });
    for (const same of ["https://a:1", "a:1", "https://A:1/"])
      assert.deepEqual(given(same), { server: "https://a:1", pin });
    // What is no address or no pin takes the place of none.
    for (const [server, wrong] of [
      ["https://x:99999"],
      [""],
      ["http://a:1"],
      [undefined, "sha256/x"],
    ] as const)
      assert.throws(() => given(server, wrong), Misuse);
    assert.deepEqual(given(), { server: "https://a:1", pin });
    // The pin of one Server is none of another's.
    assert.deepEqual(given("https://bücher.example:1"), {
      server: "https://xn--bcher-kva.example:1",
      pin: undefined,
    });
  });

  it("forgets the pin for a CA, and where it is told to", () => {
    for (const without of [{ ca: "ca.pem" }, { pin: "no" }]) {
      const store = new FolderKeyValue(join(folder, `state-${Object.keys(without)}`));
      serverAddressOf(store, { server: "https://a:1", pin });
      assert.deepEqual(serverAddressOf(store, without), { server: "https://a:1", pin: undefined });
      assert.deepEqual(serverAddressOf(store, {}), { server: "https://a:1", pin: undefined });
      assert.throws(() => serverAddressOf(store, { pin, ca: "ca.pem" }), /one of --pin and --ca/);
    }
  });

  it("takes the address that an earlier release has kept, whatever it is", () => {
    const store = new FolderKeyValue(join(folder, "state-before"));
    for (const former of ["localhost:1", ""]) {
      store.write("address", ascii(former));
      store.write("pin", ascii(pin));
      const after = former === "" ? undefined : pin;
      assert.deepEqual(serverAddressOf(store, { server: "https://localhost:1" }), {
        server: "https://localhost:1",
        pin: after,
      });
    }
  });
});
