import { concat } from "../../src/base/octets.js";
import { FactoryError } from "./errors.js";

/**
 * CSV (RFC 4180) as octets, so that a key in it can be wiped: no text is made of a line. A field never spans lines.
 */
export interface CsvLine {
  /** From 1, as editors count. */
  readonly number: number;
  /** Parts of the file, without the quotes around them. */
  readonly fields: readonly Uint8Array[];
}

const [comma, quote, lf, cr] = [0x2c, 0x22, 0x0a, 0x0d];
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Octets of a line; one that a device needs, every character of its name in quotes, has under 300. */
export const longestLine = 1024;

/** Lines of a file, empty ones among them. */
export const mostLines = 65_536;

/** Says which line, never what stands in it: it could be a key. */
export const badLine = (number: number, problem: string): FactoryError =>
  new FactoryError("factory.line", `line ${number}: ${problem}`);

/** The lines that are not empty. Throws FactoryError("factory.line"). */
export function* csvLines(file: Uint8Array): Generator<CsvLine> {
  let from = byteOrderMark.every((octet, at) => file[at] === octet) ? byteOrderMark.length : 0;
  for (let number = 1; from < file.length; number++) {
    if (number > mostLines) throw badLine(number, `more than ${mostLines} lines`);
    const end = file.indexOf(lf, from);
    const next = end < 0 ? file.length : end;
    const line = file.subarray(from, file[next - 1] === cr && next > from ? next - 1 : next);
    if (line.length > longestLine) throw badLine(number, `longer than ${longestLine} octets`);
    if (line.length > 0) yield { number, fields: fieldsOf(line, number) };
    from = next + 1;
  }
}

function fieldsOf(line: Uint8Array, number: number): readonly Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let from = 0; from <= line.length; ) {
    const end = line[from] === quote ? endOfQuoted(line, from, number) : endOfPlain(line, from, number);
    fields.push(line[from] === quote ? unquoted(line.subarray(from + 1, end - 1)) : line.subarray(from, end));
    from = end + 1;
  }
  return fields;
}

function endOfPlain(line: Uint8Array, from: number, number: number): number {
  const found = line.indexOf(comma, from);
  const end = found < 0 ? line.length : found;
  if (line.subarray(from, end).includes(quote)) throw badLine(number, "a quote within a field");
  return end;
}

/** Just after the quote that closes the field. */
function endOfQuoted(line: Uint8Array, from: number, number: number): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] !== quote) continue;
    if (line[at + 1] === quote) at++;
    else if (at + 1 === line.length || line[at + 1] === comma) return at + 1;
    else throw badLine(number, "a quote within a field");
  }
  throw badLine(number, "a quote that nothing closes");
}

/** One quote for two; a copy only where there are any, which no key has. */
function unquoted(field: Uint8Array): Uint8Array {
  if (!field.includes(quote)) return field;
  const kept: number[] = [];
  for (let at = 0; at < field.length; at++) {
    kept.push(field[at] ?? 0);
    if (field[at] === quote) at++;
  }
  return Uint8Array.from(kept);
}

/** A line of fields, to be wiped when one of them is secret. */
export function csvLine(fields: readonly Uint8Array[]): Uint8Array {
  const parts = fields.map(quoted);
  return concat(
    ...parts.flatMap((part, at) => (at === 0 ? [part] : [Uint8Array.of(comma), part])),
    Uint8Array.of(lf),
  );
}

/** In quotes where it must be. */
function quoted(field: Uint8Array): Uint8Array {
  if (!field.includes(comma) && !field.includes(quote)) return field;
  const doubled = Array.from(field).flatMap((octet) => (octet === quote ? [quote, quote] : [octet]));
  return Uint8Array.from([quote, ...doubled, quote]);
}
