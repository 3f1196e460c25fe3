import { createServer, type Server as HttpServer } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What the Server counts, for Prometheus; never who or what it was about. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"status">;
  readonly #seconds: Histogram;
  readonly #events: Counter<"event">;
  readonly #polls: Gauge;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Counter({
      name: "cpns_requests_total",
      help: "HTTP requests by status",
      labelNames: ["status"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "cpns_request_seconds",
      help: "Time until a message of a PN GW is answered, or its poll is held",
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    });
    this.#polls = new Gauge({
      name: "cpns_polls",
      help: "Polls of PN GWs that are held now",
      registers,
    });
    this.#events = new Counter({
      name: "cpns_events_total",
      help: "What happened, by the log's name for it",
      labelNames: ["event"],
      registers,
    });
  }

  request(status: number): void {
    this.#requests.inc({ status: String(status) });
  }

  answered(milliseconds: number): void {
    this.#seconds.observe(milliseconds / 1000);
  }

  /** Counts a poll until it is over: as many as there are PN GWs that listen. */
  async polling<T>(held: Promise<T>): Promise<T> {
    this.#polls.inc();
    try {
      return await held;
    } finally {
      this.#polls.dec();
    }
  }

  event(name: string): void {
    this.#events.inc({ event: name });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

export interface HealthOptions {
  readonly metrics: Metrics;
  /** Whether requests would be answered now: the database is there, and the Server is not about to stop. */
  ready(): Promise<boolean>;
}

/** /healthz (the process lives), /readyz (it would answer) and /metrics, in the clear: for the machine itself. */
export function healthServer({ metrics, ready }: HealthOptions): HttpServer {
  return createServer(async (request, response) => {
    const say = (status: number, text: string): void => {
      response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
    };
    try {
      if (request.url === "/healthz") say(200, "ok\n");
      else if (request.url === "/readyz") (await ready()) ? say(200, "ready\n") : say(503, "not ready\n");
      else if (request.url === "/metrics") say(200, await metrics.text());
      else say(404, "/healthz, /readyz or /metrics\n");
    } catch {
      say(500, "failed\n");
    }
  });
}
