import assert from "node:assert/strict";
import { Backhaul, type BackhaulOptions } from "../../../hosts/simulator/world/backhaul.js";
import { epoch, VirtualClock } from "../../../hosts/simulator/world/clock.js";
import { hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";

/** A backhaul to a Server that answers each request with its octets and 0xaa, and a log of all that happens. */
class Line {
  readonly clock = new VirtualClock();
  readonly log: string[] = [];
  readonly backhaul: Backhaul;

  constructor(options: Partial<BackhaulOptions> = {}) {
    this.backhaul = new Backhaul({
      clock: this.clock,
      handle: async (request) => {
        this.note(`server got ${hex(request)}`);
        return Uint8Array.of(...request, 0xaa);
      },
      onMessage: ({ direction, octets, at }) => {
        assert.equal(at, this.clock.now());
        this.note(`${direction} ${hex(octets)}`);
      },
      ...options,
    });
  }

  note(what: string): void {
    this.log.push(`${this.clock.now() - epoch} ${what}`);
  }

  request(...octets: number[]): void {
    this.backhaul.request(Uint8Array.from(octets), (answer) => this.note(`done ${answer && hex(answer)}`));
  }

  async run(duration = 20_000): Promise<this> {
    await this.clock.runFor(Milliseconds(duration));
    return this;
  }
}

describe("the backhaul", () => {
  it("takes 20 ms each way, and shows what passes", async () => {
    const line = new Line();
    line.request(1);
    assert.deepEqual(line.log, ["0 toServer 01"]);
    assert.equal(await line.clock.runUntilIdle(Milliseconds(100)), true, "no timeout is left");
    assert.deepEqual(line.log, ["0 toServer 01", "20 server got 01", "20 toGateway 01aa", "40 done 01aa"]);
  });

  it("lets virtual time stand while the Server works in real time", async () => {
    const line = new Line({
      latency: Milliseconds(50),
      handle: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return request;
      },
    });
    line.request(1);
    line.request(2);
    await line.run();
    assert.deepEqual(
      line.log.filter((one) => one.includes("done")),
      ["100 done 01", "100 done 02"],
    );
  });

  it("ends a request with nothing when the Server is unreachable, after the timeout", async () => {
    const line = new Line({ timeout: Milliseconds(300) });
    line.backhaul.unreachable = true;
    line.request(1);
    await line.run();
    assert.deepEqual(line.log, ["300 done undefined"]);
    line.backhaul.unreachable = false;
    line.request(2);
    await line.run();
    assert.equal(line.log.at(-1), "20040 done 02aa");
  });

  it("may lose the request, or the answer of which the Server knows", async () => {
    for (const [lost, served] of [
      ["toServer", 0],
      ["toGateway", 1],
    ] as const) {
      const line = new Line();
      line.backhaul.tamper = (octets, direction) => (direction === lost ? undefined : octets);
      line.request(1);
      await line.run();
      assert.equal(line.log.filter((one) => one.includes("server got")).length, served);
      assert.equal(line.log.at(-1), "5000 done undefined");
    }
  });

  it("may double requests, each of which the Server handles after the other, and answers, of which one counts", async () => {
    const line = new Line({
      handle: async (request) => {
        line.note("server begins");
        await new Promise((resolve) => setTimeout(resolve, 2));
        line.note("server ends");
        return request;
      },
    });
    line.backhaul.tamper = (octets) => [octets, octets];
    line.request(1);
    await line.run();
    const work = line.log.filter((one) => one.includes("server"));
    assert.deepEqual(work, ["20 server begins", "20 server ends", "20 server begins", "20 server ends"]);
    assert.equal(line.log.filter((one) => one.includes("toGateway")).length, 4);
    assert.deepEqual(
      line.log.filter((one) => one.includes("done")),
      ["40 done 01"],
    );
  });

  it("may corrupt, and shows what arrives", async () => {
    const line = new Line();
    line.backhaul.tamper = (octets, direction) =>
      direction === "toServer" ? octets.map((octet) => octet ^ 0x80) : octets;
    line.request(1);
    await line.run();
    assert.deepEqual(line.log, ["0 toServer 81", "20 server got 81", "20 toGateway 81aa", "40 done 81aa"]);
  });

  it("drops an answer that comes after the timeout", async () => {
    const line = new Line({ latency: Milliseconds(200), timeout: Milliseconds(300) });
    line.request(1);
    await line.run();
    assert.deepEqual(
      line.log.filter((one) => one.includes("done")),
      ["300 done undefined"],
    );
  });

  it("rejects the run when the Server fails, as that is a fault of the program", async () => {
    const line = new Line({ handle: () => Promise.reject(new Error("broken server")) });
    line.request(1);
    await assert.rejects(line.run(), /broken server/);
  });

  it("keeps the Server's octets apart from the gateway's", async () => {
    const kept: Uint8Array[] = [];
    const line = new Line({
      handle: async (request) => {
        request.fill(9);
        kept.push(request);
        return request;
      },
    });
    const mine = Uint8Array.of(1);
    line.backhaul.request(mine, (answer) => answer?.fill(7));
    mine.fill(5);
    await line.run();
    assert.deepEqual(line.log, ["0 toServer 01", "20 toGateway 09"]);
    assert.deepEqual([mine[0], kept[0]?.[0]], [5, 9]);
  });
});
