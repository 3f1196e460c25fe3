import { connect, type IClientOptions, type MqttClient } from "mqtt";
import type { Outcome } from "../../../src/base/outcome.js";
import type { Log } from "../../../src/base/ports.js";
import type { GatewayNotice, GatewayPNView } from "../../../src/gateway/ports.js";
import type { BrokerView } from "../views.js";
import { CommandQueue, type SendTopic } from "./commandQueue.js";
import { CommandTopics } from "./commandTopics.js";
import { EventBuffer } from "./eventBuffer.js";
import { type KeptLevels, LevelBook, type Placed } from "./names.js";
import { type Layout, Retained, statusTopic } from "./retained.js";
import { sparing } from "./sparing.js";
import { lost, troubleOf } from "./trouble.js";
import { payloadOf, readPayload } from "./values.js";

export interface BridgeOptions {
  readonly url: string;
  /** User name, password, CA, as the broker wants them. */
  readonly access: Pick<IClientOptions, "username" | "password" | "ca">;
  readonly layout: Layout;
  readonly log: Log;
  pns(): readonly GatewayPNView[];
  send(command: SendTopic): Promise<Outcome<unknown>>;
  /** Topics that the broker keeps of an earlier run, and those that it keeps now. */
  readonly kept: { read(): readonly string[]; write(topics: readonly string[]): void };
  /** What networks and devices are called there. */
  readonly levels: KeptLevels;
  /** One line for the person at the terminal. */
  say(line: string): void;
  /** Milliseconds of a clock that nobody sets, for how old an event is; the machine's unless told. */
  now?(): number;
}

/** Publishes that the broker has not confirmed yet: what is more waits. */
const mostInFlight = 128;
const firstRetry = 1_000;
const longestRetry = 60_000;
/** A connection that lasts so long has not been refused: the next pause is the first again. */
const steady = 10_000;
/** What a broker may send before a whole message has come of it: it is held in memory, and MQTT allows 256 MB. */
const longestMessage = 1_048_576;
/** For the broker to hear that the gateway has stopped. */
const farewell = 2_000;

/**
 * Topics of the gateway's networks in MQTT, both ways (docs/OPERATING.md, MQTT). What the broker keeps is told as a
 * whole after each connection, and then what changes; so nothing of it is queued while it is away, and nothing doubled. Events wait
 * for the broker a minute at most.
 */
export class MqttBridge {
  readonly #options: BridgeOptions;
  readonly #queue: CommandQueue;
  readonly #commands: CommandTopics;
  readonly #levels: LevelBook;
  readonly #events: EventBuffer;
  readonly #retained: Retained;
  /** What the broker has been told to keep; undefined for what it may keep of an earlier connection. */
  #told: Map<string, string | undefined>;
  #client: MqttClient | undefined;
  #inFlight = 0;
  #waits = false;
  #trouble = "";
  #steadying: NodeJS.Timeout | undefined;

  constructor(options: BridgeOptions) {
    const log = sparing(options.log);
    this.#options = { ...options, log };
    this.#told = new Map(options.kept.read().map((topic) => [topic, undefined]));
    this.#queue = new CommandQueue((command) => options.send(command), log);
    this.#commands = new CommandTopics(options.layout.prefix, () =>
      this.#failed("it lets no commands come to this gateway"),
    );
    this.#retained = new Retained(options.layout);
    this.#levels = new LevelBook(options.levels);
    this.#events = new EventBuffer((topic) => log.event("mqtt.dropped", { topic }), options.now);
  }

  start(): void {
    const { url, access, layout } = this.#options;
    const client = connect(url, {
      ...access,
      clientId: `cpns-${layout.gateway.slice(-16)}`,
      clean: true,
      // Both are told anew after each connection.
      resubscribe: false,
      queueQoSZero: false,
      reconnectPeriod: firstRetry,
      reconnectOnConnackError: true,
      connectTimeout: 10_000,
      rejectUnauthorized: true,
      will: { topic: statusTopic(layout), payload: Buffer.from("offline"), qos: 1, retain: true },
    });
    this.#client = client;
    client.on("connect", () => this.#connected(client));
    client.on("error", (error) => {
      this.#failed(troubleOf(error));
      // After what is no MQTT the rest would be taken for something else.
      client.stream.destroy();
    });
    client.on("close", () => this.#lost(client));
    client.on("message", (topic, payload, { retain }) => this.#message(topic, payload, retain));
    this.#bound(client);
  }

  /** Ends a connection on which a message comes that is too long to be one for here. */
  #bound(client: MqttClient): void {
    let since = 0;
    client.on("packetreceive", () => {
      since = 0;
    });
    client.on("connect", () => {
      client.stream.on("data", (octets: Uint8Array) => {
        since += octets.length;
        if (since <= longestMessage) return;
        this.#failed("somebody sends what is too long");
        this.#commands.beCareful();
        client.stream.destroy();
      });
    });
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const { layout } = this.#options;
    const told = client.connected
      ? client.publishAsync(statusTopic(layout), "offline", { qos: 1, retain: true }).catch(() => {})
      : undefined;
    await Promise.race([told, new Promise((resolve) => setTimeout(resolve, farewell).unref())]);
    await client.endAsync(true).catch(() => {});
  }

  /** Where the broker is, and whether it is there. */
  get state(): BrokerView {
    const connected = this.#client?.connected === true;
    return {
      url: this.#options.url,
      connected,
      ...(!connected && this.#trouble !== "" && { error: this.#trouble }),
    };
  }

  /** What the gateway tells. */
  take(notice: GatewayNotice): void {
    if (notice.kind !== "topic") return this.#tell();
    const placed = this.#placed();
    this.#event(notice, placed);
    this.#tell(placed);
  }

  // ── To the broker ──

  #connected(client: MqttClient): void {
    this.#steadying = setTimeout(() => {
      client.options.reconnectPeriod = firstRetry;
    }, steady);
    this.#steadying.unref();
    this.#inFlight = 0;
    this.#told = new Map([...this.#told.keys()].map((topic) => [topic, undefined]));
    if (this.#trouble !== "") this.#options.say("the MQTT broker is there again");
    this.#trouble = "";
    this.#options.log.event("mqtt.connected");
    this.#commands.connected(client);
    this.#tell();
  }

  #placed(): readonly Placed[] {
    return this.#levels.placed(this.#options.layout.prefix, this.#options.pns());
  }

  /** Tells what has changed, as far as the broker keeps up. */
  #tell(placed?: readonly Placed[]): void {
    const client = this.#client;
    if (client?.connected !== true) return;
    const now = placed ?? this.#placed();
    const wanted = this.#retained.of(now);
    this.#commands.follow(client, now);
    const before = this.#told.size;
    this.#waits = false;
    this.#events.drain((topic, payload) => this.#publish(client, topic, payload, false));
    let changed = false;
    for (const [topic, payload] of wanted) {
      if (payload === undefined || this.#told.get(topic) === payload) continue;
      if (!this.#publish(client, topic, payload)) break;
      changed ||= !this.#told.has(topic);
      this.#told.set(topic, payload);
    }
    for (const topic of this.#told.keys()) {
      if (wanted.has(topic)) continue;
      // Nothing, retained: the broker forgets it, and so does who shows it.
      if (!this.#publish(client, topic, "")) break;
      this.#told.delete(topic);
    }
    if (changed || this.#told.size !== before) this.#options.kept.write([...this.#told.keys()]);
  }

  #publish(client: MqttClient, topic: string, payload: string, retain = true): boolean {
    if (this.#inFlight >= mostInFlight) {
      this.#waits = true;
      return false;
    }
    this.#inFlight++;
    client.publish(topic, payload, { qos: 1, retain }, () => {
      this.#inFlight = Math.max(0, this.#inFlight - 1);
      if (this.#waits && this.#inFlight < mostInFlight / 2) this.#tell();
    });
    return true;
  }

  /** An event is not kept at the broker: it is for who listens when it comes. */
  #event(
    { pn, from, topic, value }: GatewayNotice & { readonly kind: "topic" },
    placed: readonly Placed[],
  ): void {
    const one = placed.find(({ pn: of, member }) => of === pn && member.id === from);
    const kind = one?.member.topics.find(({ name }) => name === topic)?.kind;
    if (one !== undefined && kind === "event") this.#events.add(`${one.base}/${topic}`, payloadOf(value));
  }

  // ── From the broker ──

  #message(topic: string, payload: Buffer, retain: boolean): void {
    const { log } = this.#options;
    for (const { pn, member, base } of this.#placed()) {
      // What is for no device here may be for another gateway's.
      if (!topic.startsWith(`${base}/`)) continue;
      const asked = member.topics.find(
        ({ name, direction }) => direction !== "offers" && topic === `${base}/${name}/set`,
      );
      if (asked === undefined) return log.event("mqtt.refused", { topic, why: "topic.unknown" });
      // What was kept was meant for another time: nothing is switched because the gateway has come back.
      if (retain) return log.event("mqtt.refused", { topic, why: "retained" });
      const value = readPayload(asked.kind, payload);
      if (value === undefined) return log.event("mqtt.refused", { topic, why: "topic.kind" });
      return this.#queue.add({ kind: "sendTopic", pn, to: member.id, topic: asked.name, value });
    }
  }

  // ── Trouble ──

  #lost(client: MqttClient): void {
    clearTimeout(this.#steadying);
    const period = client.options.reconnectPeriod ?? firstRetry;
    client.options.reconnectPeriod = Math.min(longestRetry, period * 2);
    // What has been said of it says more.
    if (this.#client === client && this.#trouble === "") this.#failed(lost);
  }

  /** Each trouble is told once, until the broker is there again: it may be away for days. */
  #failed(why: string): void {
    if (why === this.#trouble) return;
    this.#options.log.event("mqtt.away", { why });
    if (this.#trouble === "") this.#options.say(`the MQTT broker: ${why}; trying again`);
    this.#trouble = why;
  }
}
