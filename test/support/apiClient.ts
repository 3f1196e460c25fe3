import { type RequestOptions, request } from "node:https";
import { OpenStream } from "./openStream.js";

/** A program of a User's, at a Server of this machine. */
export class ApiClient {
  readonly #options: RequestOptions;

  constructor(port: number, token: string) {
    const headers = { Authorization: `Bearer ${token}` };
    this.#options = { host: "127.0.0.1", port, headers, rejectUnauthorized: false, agent: false };
  }

  stream(after?: string): Promise<OpenStream> {
    const headers = { ...this.#options.headers, ...(after !== undefined && { "Last-Event-ID": after }) };
    return OpenStream.open({ ...this.#options, path: "/api/v1/stream", headers });
  }

  ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: never }> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...this.#options.headers,
      ...(sent !== undefined && { "Content-Type": "application/json" }),
    };
    return new Promise((resolve, reject) => {
      const asking = request({ ...this.#options, method, path: `/api/v1${path}`, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            body: (text === "" ? undefined : JSON.parse(text)) as never,
          }),
        );
      });
      asking.on("error", reject).end(sent);
    });
  }
}
