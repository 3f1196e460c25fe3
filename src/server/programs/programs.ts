import { hex } from "../../base/octets.js";
import type { Milliseconds } from "../../base/units.js";
import type { Result } from "../../codec/results.js";
import type { ServerTables } from "../../database/store.js";
import type { Said } from "../../procedure/serverPorts.js";
import type { Kind } from "../../protocols/topics/contents.js";
import type { Value } from "../../protocols/topics/message.js";
import { type Event, keep } from "./readings.js";
import { Streams, type StreamsPorts } from "./streams.js";
import { enqueue } from "./webhooks.js";

export interface ProgramsPorts extends StreamsPorts {
  /** For how long the history of a topic is kept; 0 for not at all. */
  readonly history: Milliseconds;
  /** An event as webhooks are told it. */
  encode(number: number, event: Event): Uint8Array;
  /** Something waits for a webhook. */
  deliver(): void;
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
    const { clock, history, encode, deliver } = this.#ports;
    const { entityID, topic, value } = said;
    const [owner, at] = [hex(said.owner), clock.now()];
    const number = await keep(tables, said, at, history);
    const event = { number, entityID, topic: topic.name };
    const body = () =>
      encode(number, { ...topic, entityID, topic: topic.name, kind: topic.kind as Kind, value, at });
    const wanted = await enqueue(tables, owner, event, body, at);
    tables.afterwards(() => {
      void this.streams.ring(owner);
      if (wanted) deliver();
    });
  }

  stop(): void {
    this.streams.stop();
  }
}
