import encodeQR from "qr";
import { hex } from "../../src/base/octets.js";
import type { Device } from "./device.js";

/**
 * The label of a device: its Entity ID, and its name. Never its Temporary Key, by which whoever reads the label could
 * be the device: the PN GW has what it needs of it from the Server (SEC-06).
 */
export interface Label {
  /** What the code holds: capital letters and digits, which a QR code packs tightest. */
  readonly text: string;
  /** For eyes: the name, if there is one that the fonts have, then groups of four digits, 16 a line. */
  readonly lines: readonly string[];
  /** True is dark; with a margin of four (ISO/IEC 18004). */
  readonly modules: readonly (readonly boolean[])[];
}

const quiet = 4;

/** The fonts that every reader of PDF has know these. */
export const isPrintable = (name: string): boolean => /^[\x20-\x7e\xa0-\xff]+$/.test(name);

export function label({ entityID, name }: Pick<Device, "entityID" | "name">): Label {
  const id = hex(entityID).toUpperCase();
  const groups = (id.match(/.{1,16}/g) ?? []).map((line) => (line.match(/.{1,4}/g) ?? []).join(" "));
  const text = `CPNS:${id}`;
  return {
    text,
    lines: name !== undefined && isPrintable(name) ? [name, ...groups] : groups,
    modules: encodeQR(text, "raw", { ecc: "medium", encoding: "alphanumeric", border: quiet }),
  };
}

/** Millimetres. A line of text has its foot at `textTop` and so on; what is too long for it is set smaller. */
export const layout = Object.freeze({
  width: 50,
  height: 66,
  code: 46,
  left: 2,
  top: 1,
  textTop: 50.5,
  lineHeight: 3.4,
});
const fontSize = 3.2;
/** Every letter of Courier is 0.6 of its size wide. */
export const letterWidth = 0.6;

export const fontSizeOf = (line: string): number =>
  Math.min(fontSize, layout.code / (line.length * letterWidth));

/** Millimetres of one module. */
export const moduleSize = ({ modules }: Label): number => layout.code / modules.length;

/** Dark modules as rectangles of one row each: [column, row, width]. */
export function* darkRuns(modules: Label["modules"]): Generator<readonly [number, number, number]> {
  for (const [row, cells] of modules.entries()) {
    for (let column = 0; column < cells.length; column++) {
      const from = column;
      while (cells[column]) column++;
      if (column > from) yield [from, row, column - from];
    }
  }
}
