import { hex } from "../../base/octets.js";
import type { Milliseconds } from "../../base/units.js";
import type { Result } from "../../codec/results.js";
import type { ServerTables } from "../../database/store.js";
import type { Said } from "../../procedure/serverPorts.js";
import type { Value } from "../../protocols/topics/message.js";
import { keep } from "./readings.js";
import { Streams, type StreamsPorts } from "./streams.js";

export interface ProgramsPorts extends StreamsPorts {
  /** For how long the history of a topic is kept; 0 for not at all. */
  readonly history: Milliseconds;
}

/** Brings a value to a device; as `Server.sendTopic`. */
export type SendTopic = (
  entityID: Uint8Array,
  topic: string,
  value: Value,
  patience: Milliseconds,
) => Promise<Result>;

/** What programs of Users hear of their devices (docs/API.md). */
export class Programs {
  readonly #ports: ProgramsPorts;
  readonly streams: Streams;

  constructor(ports: ProgramsPorts) {
    this.#ports = ports;
    this.streams = new Streams(ports);
  }

  get history(): Milliseconds {
    return this.#ports.history;
  }

  /** The Server's port `said`. */
  async said(tables: ServerTables, said: Said): Promise<void> {
    await keep(tables, said, this.#ports.clock.now(), this.#ports.history);
    tables.afterwards(() => void this.streams.ring(hex(said.owner)));
  }

  stop(): void {
    this.streams.stop();
  }
}
