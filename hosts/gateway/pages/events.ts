import type { ServerResponse } from "node:http";
import type { Session } from "./sessions.js";

/** Streams in all, and of one session: a tab has one. */
const maximumStreams = 64;
const maximumStreamsOfSession = 8;
/** Several changes together are told once. */
const pause = 250;
/** Tells those who are there that the stream lives, and finds those who are not. */
const beat = 20_000;
/** Octets that one who does not read may leave waiting. */
const mostWaiting = 16_384;

export interface EventsOptions {
  /** A session may have ended by its time. */
  lives(session: Session): boolean;
}

/**
 * Server-sent events for the pages that are open: "changed", after which a page asks for the view. Nothing else is told,
 * so that nothing piles up for who reads slowly.
 */
export class Events {
  readonly #options: EventsOptions;
  readonly #streams = new Map<ServerResponse, Session>();
  readonly #beating: NodeJS.Timeout;
  #telling: NodeJS.Timeout | undefined;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#beating = setInterval(() => this.#beat(), beat).unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** False when there are too many already: nothing is written then. */
  open(response: ServerResponse, session: Session, headers: Readonly<Record<string, string>>): boolean {
    const own = [...this.#streams.values()].filter((one) => one === session).length;
    if (this.#streams.size >= maximumStreams || own >= maximumStreamsOfSession) return false;
    this.#streams.set(response, session);
    response.once("close", () => this.#streams.delete(response));
    response.writeHead(200, { ...headers, "Content-Type": "text/event-stream; charset=utf-8" });
    this.#write(response, "retry: 3000\n\n");
    return true;
  }

  /** Something that the view shows has changed. */
  changed(): void {
    if (this.#telling !== undefined || this.#streams.size === 0) return;
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      for (const response of this.#streams.keys()) this.#write(response, "event: changed\ndata:\n\n");
    }, pause).unref();
  }

  /** Ends the streams of a session, or all. */
  end(session?: Session): void {
    for (const [response, one] of this.#streams) {
      if (session !== undefined && one !== session) continue;
      this.#streams.delete(response);
      response.end("event: ended\ndata:\n\n");
    }
  }

  close(): void {
    clearInterval(this.#beating);
    clearTimeout(this.#telling);
    this.end();
  }

  #beat(): void {
    for (const [response, session] of this.#streams) {
      if (this.#options.lives(session)) this.#write(response, ": here\n\n");
      else this.end(session);
    }
  }

  #write(response: ServerResponse, text: string): void {
    if (response.writableLength > mostWaiting) {
      this.#streams.delete(response);
      response.destroy();
      return;
    }
    response.write(text);
  }
}
