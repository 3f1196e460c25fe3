import { connect as connectTCP, type Socket } from "node:net";
import { connect } from "node:tls";
import { until } from "./until.js";

/** Sends octets to a program over TLS, as nobody's library would, and keeps what comes back. */
export class RawTLS {
  readonly #way: Socket;
  answer = "";
  closed = false;

  constructor(port: number, text: string, from = "127.0.0.1") {
    this.#way = connectTCP({ port, host: "127.0.0.1", localAddress: from });
    const socket = connect({ socket: this.#way, rejectUnauthorized: false });
    socket.on("data", (data) => {
      this.answer += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
    socket.write(Buffer.from(text, "latin1"));
  }

  /** All that came until the other side has closed, or `enough` has come. */
  async end(enough = /(?!)/): Promise<string> {
    await until(() => this.closed || enough.test(this.answer), "the end of a connection");
    this.#way.destroy();
    return this.answer;
  }
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);

/** Sends it, and gives what came back until the end. */
export const said = (port: number, text: string, from?: string): Promise<string> =>
  new RawTLS(port, text, from).end();
