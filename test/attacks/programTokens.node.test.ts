import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { ApiHouse } from "../hosts/server/api/apiHouse.js";

/** Who is at the interface for programs without a token of his, or with more in mind than his token is for. */
describe("tokens of programs under attack", () => {
  let house: ApiHouse;
  let token = "";
  beforeEach(async () => {
    house = await new ApiHouse().start();
    token = await house.token(["read"]);
  });
  afterEach(() => house.close());

  const asked = async (text: string, from?: string): Promise<number> =>
    (await house.ask("GET", "/devices", { token: text, ...(from && { from }) })).status;

  it("are refused alike, whichever letter of them is another", async () => {
    const bodies = new Set<string>();
    // Its last letter holds two bits that decode to nothing: one of 16 others is the same token.
    for (let at = 5; at < token.length - 1; at++) {
      const other = token[at] === "A" ? "B" : "A";
      const guess = token.slice(0, at) + other + token.slice(at + 1);
      // Each from a network of its own, so that the throttle does not answer for the comparison.
      const { status, text } = await house.ask("GET", "/devices", { token: guess, from: `127.0.1.${at}` });
      assert.equal(status, 401, `letter ${at}`);
      bodies.add(text);
    }
    assert.equal(bodies.size, 1);
  });

  it("of other forms are none: cut, longer, without the word before it, in the path, or as a page's session", async () => {
    for (const guess of [token.slice(0, -1), `${token}A`, token.slice(5), `${token} ${token}`, "", "cpns_"])
      assert.equal(await asked(guess, "127.0.2.1"), 401, guess);
    const { status } = await house.ask("GET", `/devices?token=${token}&access_token=${token}`, {
      from: "127.0.2.2",
    });
    assert.equal(status, 401);
    const session = Buffer.from(token.slice(5), "base64url").subarray(8).toString("hex");
    assert.equal((await house.ask("GET", "/devices", { session, from: "127.0.2.3" })).status, 401);
  });

  it("may be guessed ten times from a network, and then once in five seconds", async () => {
    const guess = await house.token(["read"]);
    const wrong = `${guess.slice(0, -4)}AAAA`;
    const statuses: number[] = [];
    for (let i = 0; i < 15; i++) statuses.push(await asked(wrong));
    assert.deepEqual(statuses, [...new Array(10).fill(401), ...new Array(5).fill(429)]);
    house.clock.advance(Milliseconds(5_000));
    assert.deepEqual([await asked(wrong), await asked(wrong)], [401, 429]);
  });

  it("that are right go on while another in their network guesses", async () => {
    assert.equal(await asked(token), 200);
    for (let i = 0; i < 15; i++) await asked(`${token.slice(0, -4)}AAAA`);
    assert.equal(await asked(token), 200);
    // One that was not seen yet waits with the guesser, not longer.
    const fresh = await house.token(["read"]);
    assert.equal(await asked(fresh), 429);
    house.clock.advance(Milliseconds(5_000));
    assert.equal(await asked(fresh), 200);
  });

  it("that are wrong, or over, keep nobody in their network from a page of the Server", async () => {
    const paged = async (session: string): Promise<number> =>
      (await house.ask("GET", "/devices", { session })).status;
    for (let i = 0; i < 15; i++) await asked(`${token.slice(0, -4)}AAAA`);
    const [alice, bob] = [await house.session("alice"), await house.session("bob")];
    assert.equal(await paged(alice), 200);
    const statuses: number[] = [];
    for (let i = 0; i < 105; i++) statuses.push(await paged("0".repeat(64)));
    assert.deepEqual(statuses, [...new Array(100).fill(401), ...new Array(5).fill(429)]);
    assert.deepEqual([await paged(alice), await paged(bob)], [200, 429], "who was there goes on");
    house.clock.advance(Milliseconds(1_000));
    assert.equal(await paged(bob), 200);
    for (let i = 0; i < 110; i++) await paged(alice);
    assert.deepEqual([await paged(alice), await paged(bob)], [429, 200], "each User by himself");
  });

  it("do not come back with an answer's headers, in its log, or in what is refused", async () => {
    const answer = await house.ask("GET", "/devices", { token });
    await asked(`${token.slice(0, -4)}AAAA`);
    const said = JSON.stringify([answer.headers, answer.text, house.log]);
    assert.ok(said.includes("api.refused"), "the detector works");
    assert.equal(said.includes(token.slice(20, 40)), false);
  });

  it("are for a hundred requests at once and ten a second; each has its own", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 110; i++) statuses.push(await asked(token));
    assert.equal(statuses.filter((status) => status === 429).length, 10);
    assert.equal(await asked(await house.token(["read"])), 200);
    house.clock.advance(Milliseconds(1_000));
    assert.equal(await asked(token), 200);
  });
});
