import { attempt } from "../../base/outcome.js";
import type { KeyValue, Log } from "../../base/ports.js";
import { decode, encode, field, list, record, text } from "../../codec/schema.js";
import type { Suite } from "../../crypto/suite.js";
import { SlotRecord } from "../../keystore/slots.js";
import { ApplicationError, type Settings } from "./application.js";

/** In two slots, so that a power cut leaves the old settings or the new ones. */
const slotName = "app";
export const maximumSettings = 8;

const settings = list(
  record({ name: field(0, text(1, 16)), text: field(1, text(0, 64)) }),
  0,
  maximumSettings,
);

/** An application's settings in flash; what is no list of settings, of another application perhaps, is none. */
export class FlashSettings implements Settings {
  readonly #record: SlotRecord;
  readonly #kept = new Map<string, string>();

  /** Throws StoreError("store.version"). */
  constructor(flash: KeyValue, suite: Suite, log: Log) {
    this.#record = new SlotRecord(flash, suite, slotName, log);
    const octets = this.#record.read();
    const read = octets === undefined ? undefined : attempt(() => decode(settings, octets));
    if (read === undefined || "error" in read) return;
    for (const { name, text: kept } of read.value) this.#kept.set(name, kept);
  }

  get(name: string): string | undefined {
    return this.#kept.get(name);
  }

  set(name: string, kept: string): void {
    if (this.#kept.get(name) === kept) return;
    const all = new Map(this.#kept).set(name, kept);
    const made = attempt(() =>
      encode(
        settings,
        [...all].map(([one, of]) => ({ name: one, text: of })),
      ),
    );
    if ("error" in made) throw new ApplicationError("application.setting", name);
    this.#record.write(made.value);
    this.#kept.set(name, kept);
  }
}
