import { deflateSync } from "node:zlib";
import { concat } from "../../src/base/octets.js";
import { darkRuns, fontSizeOf, type Label, layout, letterWidth, moduleSize } from "./label.js";

const millimetre = 72 / 25.4;
const at = (millimetres: number): string => (millimetres * millimetre).toFixed(3);

/** All labels, a page each (PDF 1.4, Courier as every reader has it). */
export function labelsPdf(labels: readonly Label[]): Uint8Array {
  const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>";
  const objects = [latin1("<< /Type /Catalog /Pages 2 0 R >>"), latin1(""), latin1(font)];
  const pages = labels.map((one) => {
    const content = deflateSync(latin1(drawing(one)));
    const head = `<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n`;
    const stream = objects.push(concat(latin1(head), content, latin1("\nendstream")));
    const box = `[0 0 ${at(layout.width)} ${at(layout.height)}]`;
    const resources = "/Resources << /Font << /F 3 0 R >> >>";
    return objects.push(
      latin1(`<< /Type /Page /Parent 2 0 R /MediaBox ${box} ${resources} /Contents ${stream} 0 R >>`),
    );
  });
  const kids = pages.map((page) => `${page} 0 R`).join(" ");
  objects[1] = latin1(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  return file(objects);
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A page's drawing in PDF operators: the origin is below left, so rows are counted from the top. */
function drawing(label: Label): string {
  const { width, height, left, top, textTop, lineHeight } = layout;
  const size = moduleSize(label);
  const boxes = [...darkRuns(label.modules)].map(([x, y, run]) => {
    const foot = height - top - (y + 1) * size;
    return `${at(left + x * size)} ${at(foot)} ${at(run * size)} ${at(size)} re`;
  });
  const texts = label.lines.map((line, row) => {
    const letters = fontSizeOf(line);
    const x = (width - line.length * letterWidth * letters) / 2;
    const y = height - textTop - row * lineHeight;
    return `BT /F ${at(letters)} Tf ${at(x)} ${at(y)} Td (${line.replace(/[()\\]/g, "\\$&")}) Tj ET`;
  });
  return [...boxes, "f", ...texts].join("\n");
}

/** Objects with the table of where each begins. */
function file(objects: readonly Uint8Array[]): Uint8Array {
  const parts = [latin1("%PDF-1.4\n")];
  let length = parts[0]?.length ?? 0;
  const places = objects.map((object, index) => {
    const part = concat(latin1(`${index + 1} 0 obj\n`), object, latin1("\nendobj\n"));
    const place = length;
    parts.push(part);
    length += part.length;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const count = objects.length + 1;
  parts.push(latin1(`xref\n0 ${count}\n0000000000 65535 f \n${places.join("")}`));
  parts.push(latin1(`trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`));
  return concat(...parts);
}
