import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hex, wipe } from "../../src/base/octets.js";
import type { Random } from "../../src/base/ports.js";
import { randomOctets } from "../../src/base/ports.js";
import { encodeFactoryData, factoryName, factoryNamespace } from "../../src/keystore/factoryData.js";
import { nodeSuite } from "../node/nodeSuite.js";
import type { Device } from "./device.js";
import { devicesFile } from "./devicesFile.js";
import { type Disk, isThere } from "./disk.js";
import { FactoryError } from "./errors.js";
import { label } from "./label.js";
import { labelsPdf } from "./labelPdf.js";
import { labelSvg } from "./labelSvg.js";
import type { Ledger } from "./ledger.js";
import { checkSize, nvsPartition } from "./nvs.js";
import { type KeyScheme, makeKeys } from "./nvsKeys.js";

/** Files of a batch; those of a device begin with its Entity ID in hexadecimal, and nothing else can. */
export const FileName = Object.freeze({
  /** The Server's import file. */
  devices: "devices.csv",
  labels: "labels.pdf",
  image: ".nvs.bin",
  label: ".svg",
  flash: ".nvs-keys.bin",
  hmac: ".hmac-key.bin",
});

export interface BatchOptions {
  /** Where the batch comes to be; nothing must be there. */
  readonly folder: string;
  /** Octets of each NVS image. */
  readonly imageSize: number;
  /** For encrypted NVS. */
  readonly keyScheme?: KeyScheme;
}

export interface Factory {
  readonly disk: Disk;
  readonly random: Random;
  readonly ledger: Ledger;
}

const batchLength = 8;
const stagingName = (folder: string, batch: string): string =>
  join(dirname(folder), `.${basename(folder)}.${batch}`);

/**
 * Writes a batch (SEC-06): first whole beside its place, then into the ledger, then to its place by one renaming. A
 * power cut leaves nothing issued, or a batch that `finishBatches` brings to its place. Throws FactoryError:
 * "factory.folder" when something is there, "factory.place" when something came to be there meanwhile, and as
 * `Ledger.issue` and `nvsPartition`.
 */
export function writeBatch(factory: Factory, devices: readonly Device[], options: BatchOptions): void {
  const { disk, random, ledger } = factory;
  const { folder, imageSize } = options;
  checkSize(imageSize);
  if (isThere(folder)) throw new FactoryError("factory.folder", folder);
  ledger.check(devices);
  const batch = hex(randomOctets(random, batchLength));
  const staging = stagingName(folder, batch);
  try {
    writeFiles(factory, staging, devices, options);
    disk.sync(dirname(folder));
    ledger.issue(batch, devices);
  } catch (error) {
    // Nobody is to have what was not issued.
    if (!ledger.hasBatch(batch)) disk.remove(staging);
    throw error;
  }
  place(disk, staging, folder);
}

/** Nothing is to do when another factory has found the batch in the ledger and was faster. */
function place(disk: Disk, staging: string, folder: string): void {
  if (!isThere(staging)) return;
  if (isThere(folder)) throw new FactoryError("factory.place", `${staging} to ${folder}`);
  disk.rename(staging, folder);
  disk.sync(dirname(folder));
}

function writeFiles(
  { disk, random }: Factory,
  staging: string,
  devices: readonly Device[],
  { imageSize, keyScheme }: BatchOptions,
): void {
  disk.makeFolder(staging);
  const write = (name: string, content: Uint8Array): void => {
    try {
      disk.writeNew(join(staging, name), content);
    } finally {
      wipe(content);
    }
  };
  const labels = devices.map(label);
  for (const [at, device] of devices.entries()) {
    const id = hex(device.entityID);
    const made = keyScheme && makeKeys(random, keyScheme);
    const value = encodeFactoryData(nodeSuite, device);
    try {
      const record = { namespace: factoryNamespace, name: factoryName, value };
      write(`${id}${FileName.image}`, nvsPartition(record, imageSize, made?.keys));
      if (keyScheme && made) write(`${id}${FileName[keyScheme]}`, made.file);
    } finally {
      wipe(value, made?.keys, made?.file);
    }
    const drawn = labels[at];
    if (drawn) write(`${id}${FileName.label}`, new TextEncoder().encode(labelSvg(drawn)));
  }
  write(FileName.labels, labelsPdf(labels));
  write(FileName.devices, devicesFile(devices));
  disk.sync(staging);
}

/** What power cuts have left beside a folder. */
export interface Leftovers {
  /** True when an issued batch was brought to its place. */
  readonly finished: boolean;
  /** Folders of batches that were never issued, or that another factory is just about to. */
  readonly unissued: readonly string[];
}

/** Brings what was issued to its place, which no factory that is still at it minds. Throws FactoryError("factory.place"). */
export function finishBatches(disk: Disk, ledger: Ledger, folder: string): Leftovers {
  const parent = dirname(folder);
  const prefix = `.${basename(folder)}.`;
  const names = isThere(parent) ? readdirSync(parent).filter((name) => name.startsWith(prefix)) : [];
  const unissued: string[] = [];
  let finished = false;
  for (const name of names) {
    const batch = name.slice(prefix.length);
    if (!/^[0-9a-f]{16}$/.test(batch)) continue;
    if (!ledger.hasBatch(batch)) {
      unissued.push(join(parent, name));
      continue;
    }
    place(disk, join(parent, name), folder);
    finished = true;
  }
  return { finished, unissued };
}
