import assert from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "../../../src/codec/utf8.js";
import { LineEditor, type Typed } from "../../../src/device/console/lineEditor.js";

const maximumLine = 80;

/** What comes of all octets, but for echoes. */
function linesOf(octets: Uint8Array | string, editor = new LineEditor()): Typed[] {
  const all: Typed[] = [];
  for (const octet of typeof octets === "string" ? encodeUtf8(octets) : octets) {
    const typed = editor.take(octet);
    if (typed !== undefined && typed.is !== "echo") all.push(typed);
  }
  return all;
}

const line = (text: string): Typed => ({ is: "line", text });

describe("a line at the console", () => {
  it("ends with whatever a terminal sends for Enter, once", () => {
    assert.deepEqual(linesOf("a\rb\nc\r\nd\n\r"), ["a", "b", "c", "d", ""].map(line));
  });

  it("loses whole characters to Backspace and Delete, and nothing where there is none", () => {
    assert.deepEqual(linesOf("\x7fab\u00e4\u20ac\x7f\x08c\r"), [line("abc")]);
  });

  it("sends back what was typed, and takes back what was deleted", () => {
    const editor = new LineEditor();
    const echoes = [...encodeUtf8("x\x08\x08\x07")].map((octet) => editor.take(octet));
    assert.deepEqual(
      echoes.map((one) => (one?.is === "echo" ? decodeUtf8(one.octets) : undefined)),
      ["x", "\b \b", undefined, undefined],
    );
  });

  it("leaves out arrows, function keys and what Alt makes", () => {
    assert.deepEqual(linesOf("a\x1b[A\x1b[15~\x1bOP\x1bxb\r"), [line("ab")]);
    // A sequence that does not end is over with the line.
    assert.deepEqual(linesOf("a\x1b[12\rb\r"), [line("a"), line("b")]);
  });

  it("is dropped by Ctrl-C and Ctrl-U", () => {
    assert.deepEqual(linesOf("ab\x03c\x15d\r"), [
      { is: "dropped", why: "wanted" },
      { is: "dropped", why: "wanted" },
      line("d"),
    ]);
  });

  it("is dropped as a whole when it is longer than any that means something", () => {
    const long = "x".repeat(maximumLine);
    assert.deepEqual(linesOf(`${long}\r${long}y\rz\r`), [
      line(long),
      { is: "dropped", why: "tooLong" },
      line("z"),
    ]);
  });

  it("holds no more than a line of what never ends", () => {
    const editor = new LineEditor();
    linesOf("x".repeat(10_000), editor);
    assert.equal(editor.typed.length, maximumLine);
  });

  it("is dropped when it is not UTF-8", () => {
    assert.deepEqual(linesOf(Uint8Array.of(0xff, 0x61, 0x0d)), [{ is: "dropped", why: "notText" }]);
    assert.deepEqual(linesOf(Uint8Array.of(0xc3, 0x0d)), [{ is: "dropped", why: "notText" }]);
  });
});
