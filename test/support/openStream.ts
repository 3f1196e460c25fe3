import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { until } from "./until.js";

/** A server-sent event as it came. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

/** Who reads a stream of server-sent events. */
export class OpenStream {
  readonly #asking: ClientRequest;
  readonly #response: IncomingMessage;
  #text = "";
  #read = 0;
  readonly events: StreamEvent[] = [];
  /** As a browser keeps it: of the last block that had one. */
  lastID: string | undefined;
  ended = false;

  static open(options: RequestOptions): Promise<OpenStream> {
    return new Promise((resolve, reject) => {
      const asking = request(options, (response) => resolve(new OpenStream(asking, response)));
      asking.on("error", reject).end();
    });
  }

  private constructor(asking: ClientRequest, response: IncomingMessage) {
    this.#asking = asking;
    this.#response = response;
    response.setEncoding("utf8").on("data", (part: string) => this.#take(part));
    response.on("close", () => {
      this.ended = true;
    });
    response.on("error", () => {});
    asking.on("error", () => {});
  }

  get status(): number {
    return this.#response.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.#response.headers;
  }

  #take(part: string): void {
    this.#text += part;
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(
        block
          .split("\n")
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
      );
      if (fields.has("id")) this.lastID = fields.get("id");
      const [event, data] = [fields.get("event"), fields.get("data")];
      if (data !== undefined) this.events.push({ id: fields.get("id"), event, data });
    }
  }

  /** The next event, which must be of this name. */
  async next(event: string): Promise<StreamEvent> {
    await until(() => this.events.length > this.#read || this.ended, `a ${event}`);
    const next = this.events[this.#read++];
    if (next === undefined || next.event !== event) throw new Error(`${JSON.stringify(next)} is no ${event}`);
    return next;
  }

  /** Reads no more, and keeps the connection. */
  stall(): void {
    this.#response.pause();
  }

  close(): void {
    this.#asking.destroy();
  }
}
