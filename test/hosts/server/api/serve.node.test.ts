import assert from "node:assert/strict";
import { type ApiHouse, eachInNewHouse } from "./apiHouse.js";

let house: ApiHouse;

describe("the body of a program's request", () => {
  eachInNewHouse([], (made) => {
    house = made;
  });

  it("has 8,192 octets at most", async () => {
    const session = await house.session();
    const json = JSON.stringify({ name: "a program", scopes: ["read"] });
    const ask = (length: number) => house.ask("POST", "/tokens", { session, raw: json.padEnd(length) });
    assert.equal((await ask(8_192)).status, 201);
    const { status, text } = await ask(8_193);
    assert.equal(status, 413);
    assert.match(text, /"code":"api\.tooLong","detail":"at most 8192 octets"/);
  });
});
