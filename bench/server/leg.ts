import { Agent, request as httpsRequest } from "node:https";
import { performance } from "node:perf_hooks";
import { legPath, legType } from "../../hosts/node/https/leg.js";

/** The Server shares what comes in the clear out by address: each PN GW has one of its own, all of them this machine's. */
const addressOf = (index: number): string => `127.1.${index >> 8}.${index & 0xff}`;

/** Brings a request to a Server, and back what it answers. */
export interface Asks {
  ask(octets: Uint8Array, from: number): Promise<Uint8Array>;
}

/** The way of many PN GWs to the Server, over HTTPS with connections that are kept; notes how long each answer takes. */
export class Leg implements Asks {
  readonly #port: number;
  readonly #agents = new Map<number, Agent>();
  readonly times: number[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** The answer; rejects for any other status than 200. */
  ask(octets: Uint8Array, from: number, connections = 1): Promise<Uint8Array> {
    const agent = this.#agents.get(from) ?? new Agent({ keepAlive: true, maxSockets: connections });
    this.#agents.set(from, agent);
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const request = httpsRequest({
        agent,
        host: "127.0.0.1",
        port: this.#port,
        localAddress: addressOf(from),
        rejectUnauthorized: false,
        method: "POST",
        path: legPath,
        headers: { "Content-Type": legType, "Content-Length": octets.length },
      });
      request.on("error", reject);
      request.on("response", (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          this.times.push(performance.now() - began);
          if (response.statusCode === 200) resolve(Uint8Array.from(Buffer.concat(parts)));
          else reject(new Error(`HTTP ${response.statusCode}`));
        });
      });
      request.end(octets);
    });
  }

  /** Of the answers since the last time: how long half of them took, and 99 of 100, in milliseconds. */
  percentiles(): { readonly p50: number; readonly p99: number } {
    const sorted = this.times.splice(0).sort((a, b) => a - b);
    const at = (part: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return { p50: at(0.5), p99: at(0.99) };
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}
