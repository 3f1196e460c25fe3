import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pages } from "../../../../hosts/server/pages/serve.js";
import { ascii, hex } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import type { PageAnswer, PageOrigin } from "../../../../src/protocols/account/server.js";

const octets = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

describe("the cookie of a browser that is known at the Server's page", () => {
  let server: Server;
  let origin: PageOrigin | undefined;
  let answer: PageAnswer;

  before(async () => {
    const serve = pages({
      serverID: ascii("cpns.example"),
      closed: false,
      now: () => Milliseconds(0),
      handle: async (_, from) => {
        origin = from;
        return answer;
      },
      log: () => {},
    });
    server = createServer((request, response) => void serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => server.close());
  beforeEach(() => {
    answer = { answer: ascii("answer") };
  });

  const ask = (cookie?: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/account/v1`, {
      method: "POST",
      headers: { "Content-Type": "application/cpns", ...(cookie !== undefined && { Cookie: cookie }) },
      body: "request",
    });

  it("is of this host alone, read by no script, sent by no other site's page, and lasts half a year", async () => {
    answer = { answer: ascii("answer"), marks: [octets(1), octets(2)] };
    const response = await ask();
    assert.equal(
      response.headers.get("set-cookie"),
      `__Host-cpns-browser=${"01".repeat(32)}.${"02".repeat(32)}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=15811200`,
    );
    assert.equal(await response.text(), "answer");
  });

  it("is set by no other answer", async () => {
    assert.equal((await ask()).headers.get("set-cookie"), null);
  });

  it("tells up to four marks, and is none in any other form", async () => {
    const mark = (fill: number): string => hex(octets(fill));
    await ask(`theme=dark; __Host-cpns-browser=${[1, 2, 3, 4].map(mark).join(".")}`);
    assert.deepEqual(origin?.marks, [1, 2, 3, 4].map(octets));
    for (const cookie of [
      undefined,
      "__Host-cpns-browser=",
      `__Host-cpns-browser=${mark(1)}.`,
      `__Host-cpns-browser=${mark(1).toUpperCase().replaceAll("0", "A")}`,
      `__Host-cpns-browser=${[1, 2, 3, 4, 5].map(mark).join(".")}`,
      `__Host-cpns-browser=${mark(1)}; __Host-cpns-browser=${mark(2)}`,
      `cpns-browser=${mark(1)}`,
    ]) {
      await ask(cookie);
      assert.deepEqual(origin?.marks, [], cookie);
    }
  });
});
