import assert from "node:assert/strict";
import type { LookupOptions } from "node:dns";
import { createServer, type Socket } from "node:net";
import { deliver, isPublic, type Names, publicLookup, targetOf } from "../../hosts/server/api/target.js";
import { ascii } from "../../src/base/octets.js";
import { ApiHouse, kitchen } from "../hosts/server/api/apiHouse.js";
import { HookTarget } from "../support/hookTarget.js";
import { until } from "../support/until.js";

/** A name server that has these addresses, or says that there is none of this family. */
function namesFor(four: string[] | undefined, six: string[] | undefined): Names {
  const or = async (found: string[] | undefined): Promise<string[]> => {
    if (found === undefined) throw Object.assign(new Error("none"), { code: "ENOTFOUND" });
    return found;
  };
  return { resolve4: () => or(four), resolve6: () => or(six), cancel: () => {} } as unknown as Names;
}
const hang = (): Promise<string[]> => new Promise(() => {});

const quick = Object.freeze({ headers: {}, body: ascii("{}"), within: 300 });
/** For a target that answers, on however busy a machine. */
const patient = Object.freeze({ ...quick, within: 20_000 });

/** A User who has the Server call where he cannot, and targets that mean no good. */
describe("webhooks under attack", () => {
  let house: ApiHouse;
  let token = "";
  const targets: HookTarget[] = [];
  beforeEach(async () => {
    house = await new ApiHouse().start();
    token = await house.token(["webhooks"]);
  });
  afterEach(async () => {
    await house.close();
    for (const target of targets.splice(0)) await target.close();
  });

  async function hooked(by = token): Promise<HookTarget> {
    const target = await HookTarget.open();
    targets.push(target);
    assert.equal(
      (await house.ask("POST", "/webhooks", { token: by, body: { url: target.url } })).status,
      201,
    );
    return target;
  }

  it("go to no address but the Internet's, however it is written", async () => {
    for (const address of [
      ...[
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
      ],
      ...["100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1"],
      ...["fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1"],
      ...["64:ff9b:1::7f00:1", "::ffff:0:127.0.0.1", "::127.0.0.1", "::ffff:7f00:1", "fe80::1%eth0"],
      ...["2002:7f00:1::", "2001:db8::1", "2001::1", "fec0::1", "not an address"],
    ])
      assert.equal(isPublic(address), false, address);
    for (const address of ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"])
      assert.equal(isPublic(address), true, address);
    for (const text of [
      ...[
        "http://example.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
      ],
      ...[
        "https://[::1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://%31%32%37.0.0.1/",
        "https://127.0.0.1./",
        "https://0/",
        "https://0177.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://017700000001/",
        "https://user:word@example.org/",
      ],
      ...[
        "https://example.org/#part",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https://a b/",
      ],
      ...[`https://example.org/${"x".repeat(1_000)}`, "https://example.org/\r\nHost: other", "gopher://x"],
    ]) {
      assert.equal(targetOf(text, "public"), undefined, text);
    }
    // 1 000 letters are taken; not where they are more once they are written as a browser writes them.
    const long = (count: number, end = ""): string =>
      "https://example.org/".padEnd(count - end.length, "x") + end;
    assert.equal(targetOf(long(1_000), "public")?.href.length, 1_000);
    for (const text of [long(1_001), long(1_000, '"'), long(1_000, "?'<")])
      assert.equal(targetOf(text, "public"), undefined, text);
    assert.equal(targetOf("https://example.org/hook", "public")?.href, "https://example.org/hook");
    assert.equal(targetOf("https://example.org/hook", "no"), undefined);
  });

  it("are looked at again when a name is looked up: localhost is no way around", async () => {
    for (const name of ["localhost", "localhost.", "ip6-localhost"]) {
      const why = await deliver(`https://${name}:1/`, { ...quick, targets: "public", within: 5_000 });
      assert.match(why ?? "", /^(address|ENOTFOUND|EAI_AGAIN)$/, name);
    }
    assert.equal(await deliver("https://127.0.0.1:1/", { ...quick, targets: "public" }), "address");
  });

  it("ask DNS in a way that holds nobody up: it is given up with its time", async () => {
    let given = 0;
    const silent = { resolve4: () => hang(), resolve6: () => hang(), cancel: () => void given++ };
    const sent = { ...quick, targets: "public", names: silent as unknown as Names } as const;
    assert.equal(await deliver("https://example.org/", sent), "timeout");
    assert.equal(given, 1);
    const inside = namesFor(["127.0.0.1", "10.0.0.1"], ["::1", "fd00::1"]);
    assert.equal(
      await deliver("https://example.org/", { ...sent, within: 20_000, names: inside }),
      "address",
    );
    const none = namesFor(undefined, undefined);
    assert.equal(
      await deliver("https://example.org/", { ...sent, within: 20_000, names: none }),
      "ENOTFOUND",
    );
  });

  it("are connected to no address of a name but those that were looked at", async () => {
    const names = namesFor(["127.0.0.1", "8.8.8.8", "169.254.169.254"], ["::1", "2606:4700::1111"]);
    const found = (options: LookupOptions, by = names): Promise<unknown> =>
      new Promise((resolve) =>
        publicLookup(by)("example.org", options, (error, address, family) =>
          resolve(error === null ? { address, ...(family && { family }) } : error.code),
        ),
      );
    const [four, six] = [
      { address: "8.8.8.8", family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ];
    assert.deepEqual(await found({ all: true }), { address: [four, six] });
    assert.deepEqual(await found({}), four);
    assert.deepEqual(await found({ family: 6 }), six);
    assert.deepEqual(await found({}, namesFor(undefined, ["2606:4700::1111"])), six);
    assert.equal(await found({ family: 4 }, namesFor([], ["2606:4700::1111"])), "address");
    const halfSilent = { resolve4: async () => ["8.8.8.8"], resolve6: hang, cancel: () => {} };
    assert.deepEqual(await found({ all: true }, halfSilent as unknown as Names), { address: [four] });
  });

  it("are refused when they are made, too, where the operator has not said otherwise", async () => {
    await house.shut();
    house.targets = "public";
    await house.listen();
    for (const url of ["http://example.org/", "https://10.0.0.1/", "https://[fd00::1]/"]) {
      const { status, body } = await house.ask("POST", "/webhooks", { token, body: { url } });
      assert.deepEqual([status, (body as { code: string }).code], [422, "api.target"], url);
    }
    assert.equal(
      (await house.ask("POST", "/webhooks", { token, body: { url: "https://example.org/" } })).status,
      201,
    );
  });

  it("follow no redirect, and read no answer", async () => {
    const [target, other] = [await HookTarget.open(), await HookTarget.open()];
    targets.push(target, other);
    target.answer = (response) => response.writeHead(307, { Location: other.url }).end();
    assert.equal(await deliver(target.url, { ...patient, targets: "any" }), "status 307");
    assert.equal(other.heard.length, 0);
    // A body without an end is not waited for.
    target.answer = (response) => response.writeHead(200).write("x".repeat(100_000));
    assert.equal(await deliver(target.url, { ...patient, targets: "any" }), undefined);
  });

  it("that hang, answer a letter at a time, or are not there, take their time and no more", async () => {
    const hanging = await HookTarget.open();
    targets.push(hanging);
    hanging.answer = () => {};
    assert.equal(await deliver(hanging.url, { ...quick, targets: "any" }), "timeout");
    const sockets: Socket[] = [];
    const slow = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      const letters = setInterval(() => socket.write("H"), 20);
      socket.once("close", () => clearInterval(letters));
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const { port } = slow.address() as { port: number };
    assert.match((await deliver(`http://127.0.0.1:${port}/`, { ...quick, targets: "any" })) ?? "", /./);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => slow.close(resolve));
    assert.equal(await deliver(`http://127.0.0.1:${port}/`, { ...patient, targets: "any" }), "ECONNREFUSED");
  });

  it("that change the protocol have failed, and hold nothing up", async () => {
    const target = await HookTarget.open();
    targets.push(target);
    target.answer = (response) =>
      response.socket?.end(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n",
      );
    const never = new Promise((resolve) => setTimeout(resolve, 5_000, "nothing"));
    const said = deliver(target.url, { ...quick, targets: "any", within: 2_000 });
    assert.equal(await Promise.race([said, never]), "failed");
  });

  it("of one User that all hang hold up nobody else's, nor the User's own device", async () => {
    const hanging = [];
    for (let i = 0; i < 8; i++) hanging.push(await hooked());
    for (const one of hanging) one.answer = () => {};
    const bobs = await hooked(await house.token(["webhooks"], "bob"));
    for (let i = 0; i < 20; i++) await house.says(kitchen, "temperature", i);
    for (let i = 0; i < 5; i++) await house.says(kitchen, "temperature", i, "bob");
    await until(() => bobs.heard.length === 5, "Bob's events");
    // Two of the User's are under way at once, each until its time is over.
    assert.ok(hanging.filter(({ heard }) => heard.length > 0).length <= 6);
  });

  it("have no address, secret or value in the log, and the database has them sealed", async () => {
    const target = await hooked();
    target.answer = (response) => response.writeHead(500).end("of-the-answer");
    await house.says(kitchen, "text", "a personal text");
    await until(() => house.log.some((line) => line.startsWith("api.webhookFailed")), "the line");
    const log = house.log.join("\n");
    const lying = ["webhooks", "deliveries", "events"].flatMap((table) =>
      house.store.database.rows(table).map(({ value }) => Buffer.from(value).toString("latin1")),
    );
    assert.equal(lying.length, 3);
    for (const secret of ["of-the-target", "of-the-answer", "personal", "127.0.0.1"]) {
      assert.equal(log.includes(secret), false, secret);
      assert.equal(lying.join().includes(secret), false, secret);
    }
    const heard = JSON.stringify(target.heard);
    for (const [, { digest }] of house.store.all("apiTokens"))
      assert.equal(heard.includes(token.slice(20)), digest.length === 0);
  });
});
