import type { ServerResponse } from "node:http";
import { hex } from "../../../src/base/octets.js";
import type { ReadTables } from "../../../src/database/store.js";
import { ProgramError } from "../../../src/server/programs/errors.js";
import type { Streams } from "../../../src/server/programs/streams.js";
import { usualHeaders } from "./problem.js";
import type { ApiPorts, Call, Route } from "./route.js";
import { shownEvent } from "./values.js";

/** Streams of one User, and of all, at this Server. */
export const streamLimits = Object.freeze({ ofUser: 16, all: 2_000 });
/** Between two signs of life; then it is also looked at whether the token still holds. */
const beatTime = 15_000;
/** Octets that wait for who reads slowly; more, and the stream is cut: it is taken up again by its last id. */
const mostWaiting = 65_536;
/** Milliseconds after which who lost the stream comes back. */
const retryTime = 3_000;

interface Client {
  readonly owner: string;
  readonly response: ServerResponse;
  still(tables: ReadTables): Promise<boolean>;
  /** Number of the last event that was looked at, told or not. */
  last: number | undefined;
}

export interface StreamOptions {
  readonly ports: ApiPorts;
  readonly streams: Streams;
  log(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) of a User's devices. */
export class EventStreams {
  readonly #options: StreamOptions;
  readonly #clients = new Set<Client>();
  readonly #beating: NodeJS.Timeout;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#beating = setInterval(() => {
      this.beat().catch((error: unknown) => options.log("api.streamFault", { error: String(error) }));
    }, beatTime).unref();
  }

  get count(): number {
    return this.#clients.size;
  }

  get route(): Route {
    return {
      method: "GET",
      path: "/stream",
      scope: "stream",
      run: async (call) => {
        await this.#open(call);
        return undefined;
      },
    };
  }

  async #open({ user, query, request, response, still }: Call): Promise<void> {
    const owner = hex(user.identity);
    const own = [...this.#clients].filter((client) => client.owner === owner).length;
    if (own >= streamLimits.ofUser || this.#clients.size >= streamLimits.all)
      throw new ProgramError("api.tooMany", "too many streams");
    const after = afterOf(request.headers["last-event-id"] ?? query.get("after") ?? undefined);
    const [device, topic] = [query.get("device"), query.get("topic")];
    const client: Client = { owner, response, still, last: after };
    this.#clients.add(client);
    let end = (): void => {};
    response.once("close", () => {
      this.#clients.delete(client);
      end();
    });
    try {
      end = await this.#options.streams.listen(owner, after, {
        begin: () => {
          response.writeHead(200, {
            ...usualHeaders,
            "Content-Type": "text/event-stream",
            // For proxies that would keep it back.
            "X-Accel-Buffering": "no",
          });
          response.write(`retry: ${retryTime}\n\n`);
        },
        event: (number, event) => {
          client.last = number;
          const wanted = device === null || device === hex(event.entityID);
          if (!wanted || (topic !== null && topic !== event.topic)) return;
          this.#write(
            client,
            `id: ${number}\nevent: reading\ndata: ${JSON.stringify(shownEvent(number, event))}\n\n`,
          );
        },
        missed: (count, number) => {
          client.last = number;
          this.#write(client, `event: missed\ndata: ${JSON.stringify({ count })}\n\n`);
        },
      });
    } catch (error) {
      this.#clients.delete(client);
      throw error;
    }
    if (response.destroyed || response.closed) end();
  }

  #write({ response }: Client, text: string): void {
    if (response.destroyed) return;
    response.write(text);
    if (response.writableLength <= mostWaiting) return;
    this.#options.log("api.streamSlow", { waiting: response.writableLength });
    response.destroy();
  }

  /** A sign of life to all; who may no more is let go. */
  async beat(): Promise<void> {
    const clients = [...this.#clients];
    const gone = await this.#options.ports.store.read(async (tables) => {
      const found: Client[] = [];
      for (const client of clients) if (!(await client.still(tables))) found.push(client);
      return found;
    });
    for (const client of gone) client.response.end();
    for (const client of clients) {
      if (gone.includes(client)) continue;
      // An id without data moves what is taken up again, and is told to nobody.
      this.#write(client, client.last === undefined ? ":\n\n" : `id: ${client.last}\n\n`);
    }
  }

  /** Lets all go: the Server is about to stop. */
  stop(): void {
    clearInterval(this.#beating);
    for (const { response } of this.#clients) response.end();
  }
}

/** Throws ProgramError("api.request"). */
function afterOf(id: string | string[] | undefined): number | undefined {
  if (id === undefined || id === "") return undefined;
  if (typeof id !== "string" || !/^\d{1,15}$/.test(id))
    throw new ProgramError("api.request", "no id of an event");
  return Number(id);
}
