import assert from "node:assert/strict";
import { adapterHelp, diagnose, type SystemFiles } from "../../../../hosts/gateway/radio/adapter.js";
import { RadioError, type RadioErrorCode } from "../../../../src/gateway/radio.js";

/** A machine with these files. */
function machine(files: Readonly<Record<string, string>>): SystemFiles {
  return {
    read: (file) => files[file],
    list: (folder) => {
      const below = Object.keys(files).filter((file) => file.startsWith(`${folder}/`));
      const names = below.map((file) => file.slice(folder.length + 1).split("/")[0] as string);
      return names.length > 0 ? [...new Set(names)] : undefined;
    },
  };
}

const status = (capabilities: string): Readonly<Record<string, string>> => ({
  "/proc/self/status": `Name:\tnode\nCapPrm:\t0000000000000000\nCapEff:\t${capabilities}\nSeccomp:\t0\n`,
});
const allowed = status("0000000000003000");
const adapter = { "/sys/class/bluetooth/hci0/address": "00:1b:dc:00:00:01" };
const rfkill = (soft: string, hard: string): Readonly<Record<string, string>> => ({
  "/sys/class/bluetooth/hci0/rfkill3/soft": `${soft}\n`,
  "/sys/class/bluetooth/hci0/rfkill3/hard": `${hard}\n`,
});
const codeOf = (files: Readonly<Record<string, string>>, device?: number): string | undefined =>
  diagnose(machine(files), device)?.code;

describe("the adapter of this machine", () => {
  it("is missing where Linux lists none, or not the one that is wanted", () => {
    assert.equal(codeOf(allowed), "adapter.missing");
    // What Linux lists of a connection is no adapter.
    assert.equal(codeOf({ ...allowed, "/sys/class/bluetooth/hci0:64/type": "LE" }), "adapter.missing");
    assert.equal(codeOf({ ...allowed, ...adapter }, 1), "adapter.missing");
    assert.equal(codeOf({ ...allowed, ...adapter }, 0), undefined);
  });

  it("is blocked by the system or by a switch", () => {
    assert.equal(codeOf({ ...allowed, ...adapter, ...rfkill("0", "0") }), undefined);
    assert.equal(codeOf({ ...allowed, ...adapter, ...rfkill("1", "0") }), "adapter.blocked");
    assert.equal(codeOf({ ...allowed, ...adapter, ...rfkill("0", "1") }), "adapter.blocked");
  });

  it("is another program's without both CAP_NET_RAW and CAP_NET_ADMIN", () => {
    for (const none of ["0000000000000000", "0000000000002000", "0000000000001000", "ffffffffffff0fff"]) {
      assert.equal(codeOf({ ...status(none), ...adapter }), "adapter.permission", none);
    }
    assert.equal(codeOf({ ...status("000001ffffffffff"), ...adapter }), undefined);
  });

  it("comes with one line that says what helps, for everything that it can lack", () => {
    const codes: readonly RadioErrorCode[] = [
      "adapter.missing",
      "adapter.off",
      "adapter.blocked",
      "adapter.permission",
      "adapter.unsupported",
      "adapter.silent",
      "adapter.software",
    ];
    const lines = codes.map((code) => adapterHelp(new RadioError(code)));
    for (const line of lines) assert.match(line, /^(The|There|This) [^\n]+: [^\n]+$/);
    assert.equal(new Set(lines).size, codes.length);
  });
});
