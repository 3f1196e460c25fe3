import { ascii, concat, equalBytes, hex, wipe } from "../../src/base/octets.js";
import { isEntityID } from "../../src/keystore/factoryData.js";
import { badLine, type CsvLine, csvLine, csvLines } from "./csv.js";
import {
  type Device,
  fingerprint,
  isRandomKey,
  mostDevices,
  type Prescribed,
  wipeDevices,
} from "./device.js";
import { FactoryError } from "./errors.js";
import { fromHexOctets, toHexOctets } from "./hexOctets.js";
import { readName } from "./name.js";

/**
 * The file of devices: a line that names the columns, then a line a device. `entityID` and `temporaryKey` are octets
 * in hexadecimal, `name` is for people. What the factory writes is the Server's import file; what a maker prescribes
 * is read in the same form, where keys and names may be missing.
 */
const columns = Object.freeze(["entityID", "temporaryKey", "name"] as const);
type Column = (typeof columns)[number];
type Places = Readonly<Record<Column, number>>;

export const longestFile = 4_000_000;

/** The file, to be wiped. */
export function devicesFile(devices: readonly Device[]): Uint8Array {
  const lines = devices.map(({ entityID, temporaryKey, name = "" }) => {
    const key = toHexOctets(temporaryKey);
    const line = csvLine([toHexOctets(entityID), key, new TextEncoder().encode(name)]);
    wipe(key);
    return line;
  });
  const file = concat(ascii(`${columns.join(",")}\n`), ...lines);
  wipe(...lines);
  return file;
}

/**
 * What the file prescribes; the caller wipes the file and the keys. Throws FactoryError: "factory.line" with the number
 * of the first bad line, never with what stands there; "factory.count", "factory.long".
 */
export function readDevices(file: Uint8Array): readonly Prescribed[] {
  return readAll(file, "some");
}

/** The same of a file in which every device has its key: the Server's import file. */
export function readDevicesWithKeys(file: Uint8Array): readonly Device[] {
  return readAll(file, "all").filter(hasKey);
}

const hasKey = (device: Prescribed): device is Device => device.temporaryKey !== undefined;

function readAll(file: Uint8Array, keyed: "some" | "all"): readonly Prescribed[] {
  if (file.length > longestFile) throw new FactoryError("factory.long");
  const lines = csvLines(file);
  const places = readHeader(lines.next().value);
  const devices: Prescribed[] = [];
  const seen = new Map<string, number>();
  try {
    for (const line of lines) {
      if (devices.length === mostDevices) throw new FactoryError("factory.count");
      const device = readDevice(line, places);
      devices.push(device);
      refuseSecond(seen, "Entity ID", hex(device.entityID), line.number);
      if (device.temporaryKey === undefined) {
        if (keyed === "all") throw badLine(line.number, "no Temporary Key");
        continue;
      }
      refuseSecond(seen, "Temporary Key", fingerprint(device.temporaryKey), line.number);
    }
    if (devices.length === 0) throw new FactoryError("factory.count");
    return devices;
  } catch (error) {
    wipeDevices(devices);
    throw error;
  }
}

function readHeader(line: CsvLine | undefined): Places {
  const fields = line?.fields ?? [];
  // Octets, not text: where the first line is missing, a key stands here.
  const placeOf = (column: Column): number => fields.findIndex((field) => equalBytes(field, ascii(column)));
  const places: Places = {
    entityID: placeOf("entityID"),
    temporaryKey: placeOf("temporaryKey"),
    name: placeOf("name"),
  };
  const known = Object.values(places).filter((place) => place >= 0).length;
  if (known < fields.length || places.entityID < 0) {
    throw badLine(
      line?.number ?? 1,
      `does not name the columns ${columns.join(",")}, of which entityID must be there`,
    );
  }
  return places;
}

function readDevice({ number, fields }: CsvLine, places: Places): Prescribed {
  if (fields.length > Object.values(places).filter((place) => place >= 0).length) {
    throw badLine(number, "more fields than columns");
  }
  const entityID = fromHexOctets(fields[places.entityID] ?? new Uint8Array(0));
  if (entityID === undefined || !isEntityID(entityID)) {
    throw badLine(number, "the Entity ID is not 1 to 32 octets in hexadecimal");
  }
  const name = readName(fields[places.name] ?? new Uint8Array(0));
  if ("problem" in name) throw badLine(number, name.problem);
  const temporaryKey = readKey(fields[places.temporaryKey], number);
  return { entityID, ...(temporaryKey && { temporaryKey }), ...(name.name !== "" && name) };
}

function readKey(field: Uint8Array | undefined, number: number): Uint8Array | undefined {
  if (field === undefined || field.length === 0) return undefined;
  const key = fromHexOctets(field);
  if (key !== undefined && isRandomKey(key)) return key;
  wipe(key);
  throw badLine(number, "the Temporary Key is not 32 random octets in hexadecimal");
}

function refuseSecond(seen: Map<string, number>, what: string, which: string, number: number): void {
  const first = seen.get(which);
  if (first !== undefined) throw badLine(number, `the ${what} of line ${first} again`);
  seen.set(which, number);
}
