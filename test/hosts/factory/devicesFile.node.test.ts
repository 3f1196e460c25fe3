import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { devicesFile, readDevices, readDevicesWithKeys } from "../../../hosts/factory/devicesFile.js";
import { NamedError } from "../../../src/base/errors.js";
import { hex } from "../../../src/base/octets.js";

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const key = (which: number): string => createHash("sha256").update(`key ${which}`).digest("hex");
const header = "entityID,temporaryKey,name\n";

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof NamedError) return error.message;
    throw error;
  }
  return "taken";
}

const read = (text: string | Uint8Array) => readDevices(typeof text === "string" ? octets(text) : text);

describe("the file of devices (SEC-06)", () => {
  it("is read as it was written, names with commas and quotes among them", () => {
    const devices = ["", "Oven", 'the "big", one', "台所", "a'b"].map((name, at) => ({
      entityID: Uint8Array.from({ length: at + 1 }, () => at),
      temporaryKey: Uint8Array.from(Buffer.from(key(at), "hex")),
      ...(name !== "" && { name }),
    }));
    assert.deepEqual(readDevicesWithKeys(devicesFile(devices)), devices);
  });

  it("has its columns in any order, and needs no more than Entity IDs", () => {
    const [device] = read(`name,temporaryKey,entityID\r\nOven,${key(1)},0aFF\r\n`);
    assert.equal(hex(device?.entityID ?? new Uint8Array(0)), "0aff");
    assert.equal(hex(device?.temporaryKey ?? new Uint8Array(0)), key(1));
    assert.equal(device?.name, "Oven");
    assert.deepEqual(read("entityID\n01"), [{ entityID: Uint8Array.of(1) }]);
    assert.deepEqual(read(`${header}01\n`), [{ entityID: Uint8Array.of(1) }]);
  });

  const bad: readonly (readonly [why: string, text: string | Uint8Array, message: RegExp])[] = [
    ["nothing", "", /line 1: does not name the columns/],
    ["no header", `01,${key(1)}\n`, /line 1: does not name/],
    ["an unknown column", "entityID,colour\n01,red\n", /line 1: does not name/],
    ["a column that stands twice", "entityID,entityID\n01,02\n", /line 1: does not name/],
    ["no Entity ID among the columns", "name\nOven\n", /line 1: does not name/],
    ["another separator", "entityID;name\n01;Oven\n", /line 1: does not name/],
    ["UTF-16", Uint8Array.from(Buffer.from("\ufeffentityID\n01\n", "utf16le")), /line 1: does not name/],
    ["no device", header, /factory\.count/],
    ["an Entity ID of nothing", `${header}01\n,${key(1)}\n`, /line 3: the Entity ID is not/],
    ["half an octet", `${header}012\n`, /line 2: the Entity ID is not/],
    ["33 octets", `${header}${"01".repeat(33)}\n`, /line 2: the Entity ID is not/],
    ["what a spreadsheet makes of digits", `${header}1.2E+29\n`, /line 2: the Entity ID is not/],
    ["a short key", `${header}01,${key(1).slice(2)}\n`, /line 2: the Temporary Key is not/],
    ["a key that nobody has drawn", `${header}01,${"00".repeat(32)}\n`, /line 2: the Temporary Key is not/],
    [
      "a pattern for a key",
      `${header}01,${"0123456789abcdef".repeat(4)}\n`,
      /line 2: the Temporary Key is not/,
    ],
    ["an Entity ID of before", `${header}0a\n0b\n0A\n`, /line 4: the Entity ID of line 2 again/],
    [
      "a key of before",
      `${header}\n01,${key(1)}\n02,${key(1).toUpperCase()}\n`,
      /line 4: the Temporary Key of line 3 again/,
    ],
    ["a field too many", `${header}01,${key(1)},Oven,\n`, /line 2: more fields than columns/],
    ["an open quote", `${header}01,,"Oven\n02\n`, /line 2: a quote that nothing closes/],
    ["a quote within", `${header}01,,Ov"en\n`, /line 2: a quote within a field/],
    ["more after a quote", `${header}01,,"Ov"en\n`, /line 2: a quote within a field/],
    ["a long name", `${header}01,,${"ö".repeat(17)}\n`, /line 2: the name is longer than 32 octets/],
    ["a name with a zero", `${header}01,,a\0b\n`, /line 2: the name has characters that cannot be seen/],
    [
      "a name that is not UTF-8",
      Uint8Array.from([...octets(`${header}01,,`), 0xff]),
      /line 2: the name is not UTF-8/,
    ],
    ["a name of a space", `${header}01,, \n`, /line 2: the name begins or ends with a space/],
  ];
  for (const [why, text, message] of bad) {
    it(`is refused for ${why}, with the line`, () =>
      assert.match(
        messageOf(() => read(text)),
        message,
      ));
  }

  it("is refused when it is too long, and for more devices than a batch has", () => {
    assert.match(
      messageOf(() => readDevices(new Uint8Array(4_000_001))),
      /factory\.long/,
    );
    const ids = (count: number) => Array.from({ length: count }, (_, at) => at.toString(16).padStart(8, "0"));
    assert.equal(read(`entityID\n${ids(10_000).join("\n")}`).length, 10_000);
    assert.match(
      messageOf(() => read(`entityID\n${ids(10_001).join("\n")}`)),
      /factory\.count/,
    );
  });

  it("is refused at the first line that is too long, whatever is in it, and for more lines than a file has", () => {
    const long = (text: string): Uint8Array =>
      new TextEncoder().encode(`entityID\n${text.repeat(2_000_000 / text.length)}`);
    for (const text of [",", '"', '""', "a,", "a"])
      assert.throws(() => readDevices(long(text)), /line 2: longer than 1024 octets/, text);
    for (const text of ["\n", "\r\n"])
      assert.throws(() => readDevices(long(text)), /line 65537: more than 65536 lines/);
    const longest = "aa".padEnd(1024, " ");
    assert.throws(
      () => readDevices(new TextEncoder().encode(`entityID\n${longest}`)),
      /line 2: the Entity ID/,
    );
    assert.throws(() => readDevices(new TextEncoder().encode(`entityID\n${longest} `)), /longer than 1024/);
  });

  it("is the Server's only with a key for every device", () => {
    assert.equal(readDevicesWithKeys(octets(`${header}01,${key(1)}\n02,${key(2)}\n`)).length, 2);
    assert.match(
      messageOf(() => readDevicesWithKeys(octets(`${header}01,${key(1)}\n\n02,,Oven\n`))),
      /line 4: no Temporary Key/,
    );
  });

  it("says nothing of a key in what it says of a line", () => {
    for (const line of [`01,${key(1)}x`, `01,${key(1)},"`, `zz,${key(1)}`, `01,${key(1)},a,b`]) {
      const message = messageOf(() => read(`${header}${line}\n`));
      assert.match(message, /line 2/);
      for (let at = 0; at < 60; at += 4) assert.ok(!message.includes(key(1).slice(at, at + 4)));
    }
  });
});
