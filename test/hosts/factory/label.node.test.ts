import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import decodeQR from "qr/decode.js";
import { label } from "../../../hosts/factory/label.js";
import { labelsPdf } from "../../../hosts/factory/labelPdf.js";
import { labelSvg } from "../../../hosts/factory/labelSvg.js";
import { fromHex } from "../../../src/base/octets.js";

const entityID = fromHex("00112233445566778899aabbccddeeff");
const text = "CPNS:00112233445566778899AABBCCDDEEFF";

/** Dark rectangles on white paper as a camera sees them: what the code in it says. */
function scanned(
  boxes: readonly (readonly number[])[],
  width: number,
  height: number,
  turned = false,
): string {
  const scale = 8;
  const [columns, rows] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const data = new Uint8Array(columns * rows * 4).fill(255);
  for (const [x = 0, y = 0, across = 0, down = 0] of boxes) {
    const top = turned ? height - y - down : y;
    for (let row = Math.round(top * scale); row < Math.round((top + down) * scale); row++) {
      for (let column = Math.round(x * scale); column < Math.round((x + across) * scale); column++) {
        data.fill(0, (row * columns + column) * 4, (row * columns + column) * 4 + 3);
      }
    }
  }
  return decodeQR({ width: columns, height: rows, data });
}

/** Of an SVG label, in millimetres. */
function scannedSvg(svg: string): string {
  const [, left = 0, top = 0, scale = 0] = (/translate\((\S+) (\S+)\) scale\((\S+)\)/.exec(svg) ?? []).map(
    Number,
  );
  const boxes = [...svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)].map(([, x, y, run]) => [
    left + Number(x) * scale,
    top + Number(y) * scale,
    Number(run) * scale,
    scale,
  ]);
  return scanned(boxes, 50, 66);
}

/** What each page draws; throws where the table of a PDF does not lead to its objects. */
function drawings(pdf: Uint8Array): readonly string[] {
  const file = Buffer.from(pdf);
  const plain = file.toString("latin1");
  const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(plain)?.[1]);
  const [, count = 0] = (/^xref\n0 (\d+)\n0000000000 65535 f \n/.exec(plain.slice(table)) ?? []).map(Number);
  const places = [...plain.slice(table).matchAll(/(\d{10}) 00000 n \n/g)].map(([, place]) => Number(place));
  assert.equal(places.length, count - 1);
  for (const [at, place] of places.entries()) assert.ok(plain.startsWith(`${at + 1} 0 obj\n`, place));
  const contents = [...plain.matchAll(/\/Contents (\d+) 0 R/g)].map(
    ([, object]) => places[Number(object) - 1] ?? 0,
  );
  return contents.map((place) => {
    const head = /^\d+ 0 obj\n<< \/Length (\d+) \/Filter \/FlateDecode >>\nstream\n/.exec(plain.slice(place));
    const from = place + (head?.[0].length ?? 0);
    const end = from + Number(head?.[1]);
    assert.ok(plain.startsWith("\nendstream\nendobj\n", end));
    return inflateSync(file.subarray(from, end)).toString("latin1");
  });
}

const points = 72 / 25.4;

function scannedPdf(drawing: string): string {
  const boxes = [...drawing.matchAll(/^(\S+) (\S+) (\S+) (\S+) re$/gm)].map((box) =>
    box.slice(1).map((value) => Number(value) / points),
  );
  return scanned(boxes, 50, 66, true);
}

describe("the label of a device (SEC-06)", () => {
  it("says its Entity ID to a camera and to people, and nothing else", () => {
    const made = label({ entityID });
    assert.equal(made.text, text);
    assert.deepEqual(made.lines, ["0011 2233 4455 6677", "8899 AABB CCDD EEFF"]);
    assert.equal(scannedSvg(labelSvg(made)), text);
    assert.deepEqual(drawings(labelsPdf([made])).map(scannedPdf), [text]);
  });

  it("does so for Entity IDs of every length, a page each", () => {
    const made = Array.from({ length: 32 }, (_, at) =>
      label({ entityID: new Uint8Array(at + 1).fill(at * 8) }),
    );
    const pages = drawings(labelsPdf(made));
    for (const [at, one] of made.entries()) {
      assert.match(one.text, new RegExp(`^CPNS:[0-9A-F]{${2 * at + 2}}$`));
      assert.equal(scannedSvg(labelSvg(one)), one.text);
      assert.equal(scannedPdf(pages[at] ?? ""), one.text);
    }
  });

  it("shows the name, in the letters that its fonts have", () => {
    const made = label({ entityID, name: "Küche (links) \\ <oben> & 1" });
    assert.ok(labelSvg(made).includes(">Küche (links) \\ &lt;oben&gt; &amp; 1</text>"));
    assert.ok(drawings(labelsPdf([made]))[0]?.includes("(Küche \\(links\\) \\\\ <oben> & 1) Tj"));
    assert.equal(label({ entityID, name: "台所" }).lines.length, 2);
  });

  it("keeps all text within its width", () => {
    const made = label({ entityID: new Uint8Array(32), name: "m".repeat(32) });
    for (const [, x, size, line] of labelSvg(made).matchAll(
      /x="(\S+)" y="\S+" font-size="(\S+)">([^<]+)</g,
    )) {
      assert.ok(Number(x) + (Number(size) * 0.6 * (line?.length ?? 0)) / 2 <= 48.2);
    }
    const feet = [...labelSvg(made).matchAll(/ y="(\S+)"/g)].map(([, y]) => Number(y));
    assert.equal(feet.length, 5);
    assert.ok(Math.max(...feet) < 66);
  });
});
