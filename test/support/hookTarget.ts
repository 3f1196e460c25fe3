import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Heard {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Where a webhook's events arrive. */
export class HookTarget {
  readonly #server: Server;
  readonly heard: Heard[] = [];
  /** What is answered, once all of an event is there; nothing for a target that hangs. */
  answer: (response: ServerResponse, heard: Heard) => void = (response) => response.writeHead(204).end();

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part) => {
        body += part;
      });
      request.on("error", () => {});
      response.on("error", () => {});
      request.on("end", () => {
        const heard = { id: String(request.headers["webhook-id"]), headers: request.headers, body };
        this.heard.push(heard);
        this.answer(response, heard);
      });
    });
  }

  static async open(): Promise<HookTarget> {
    const target = new HookTarget();
    await new Promise<void>((resolve) => target.#server.listen(0, "127.0.0.1", resolve));
    return target;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook?key=of-the-target`;
  }

  values(): unknown[] {
    return this.heard.map(({ body }) => JSON.parse(body).value);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** As Standard Webhooks has it, made anew from the secret that was shown. */
export function assertSigned({ id, headers, body }: Heard, secret: string): void {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const said = `${id}.${headers["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", key).update(said).digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${expected}`);
}
