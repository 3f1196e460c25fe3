import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { NothingTyped, prompt, type Terminal } from "../../../../hosts/node/program/prompt.js";

/** A terminal: what is typed at it, what it shows, and whether it hands over each key by itself. */
function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let raw = false;
  const setRawMode = (on: boolean): void => {
    raw = on;
  };
  return {
    at: { input: Object.assign(input, { isTTY: true, setRawMode }), output } as unknown as Terminal,
    type: (keys: string | Buffer) => input.write(keys),
    listeners: () => input.listenerCount("data"),
    shown: () => {
      let all = "";
      for (let part = output.read(); part !== null; part = output.read()) all += String(part);
      return all;
    },
    raw: () => raw,
  };
}
const textOf = (octets: Uint8Array): string => new TextDecoder().decode(octets);

describe("a prompt at a terminal", () => {
  it("takes a line, with Backspace, and shows it unless it is secret", async () => {
    const one = terminal();
    const open = prompt("User ID: ", false, one.at);
    one.type("alicf\u007fe\r");
    assert.equal(textOf(await open), "alice");
    assert.equal(one.shown(), "User ID: alicf\b \be\n");
    const hidden = prompt("Password: ", true, one.at);
    one.type("quiet");
    one.type("\r");
    assert.equal(textOf(await hidden), "quiet");
    assert.equal(one.shown(), "Password: \n");
    assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
  });

  it("leaves nothing of what was typed in the octets that the terminal has handed over", async () => {
    for (const end of ["\r", "\u0003"]) {
      const one = terminal();
      const typed = Buffer.from(`quiet${end}`);
      const open = prompt("Password: ", true, one.at).then(textOf, () => "none");
      one.type(typed);
      assert.equal(await open, end === "\r" ? "quiet" : "none");
      assert.deepEqual(typed, Buffer.alloc(6));
    }
  });

  for (const key of ["\u0003", "\u0004"])
    it(`ends with nothing typed by Ctrl-${key === "\u0003" ? "C" : "D"}, and leaves the terminal as it was`, async () => {
      const one = terminal();
      const asked = prompt("User ID: ", false, one.at);
      one.type(`al${key}`);
      await assert.rejects(asked, NothingTyped);
      assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
    });

  it("is taken back once nobody needs it, and leaves the terminal as it was", async () => {
    const one = terminal();
    const over = new AbortController();
    const asked = prompt("User ID: ", false, one.at, over.signal);
    one.type("al");
    assert.equal(one.raw(), true);
    over.abort(new Error("typed elsewhere"));
    await assert.rejects(asked, /typed elsewhere/);
    assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
    await assert.rejects(prompt("Password: ", true, one.at, over.signal), /typed elsewhere/);
    assert.equal(one.shown(), "User ID: al\n");
  });
});
