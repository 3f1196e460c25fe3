import assert from "node:assert/strict";
import { gatewayWords } from "../../hosts/gateway/words.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { words } from "../../hosts/server/pages/client/words.js";
import { inWords } from "../../hosts/server/words.js";
import { CpnsError } from "../../src/base/errors.js";
import { ascii } from "../../src/base/octets.js";
import { Registration } from "../../src/protocols/registration/client.js";
import { codeOf } from "../support/codeOf.js";
import { alice, TestNetwork } from "../support/network.js";
import { register } from "../support/registering.js";
import { SeededRandom } from "../support/seededRandom.js";

const easy = [
  ["x", "credential.password.tooShort"],
  ["1234567", "credential.password.tooShort"],
  ["12345678", "credential.password.common"],
  ["Password", "credential.password.common"],
] as const;

describe("a password that everybody tries is taken nowhere (REG-02, REG-10)", () => {
  it("not at the PN GW, new or in place of another", async () => {
    const net = await new TestNetwork().start();
    for (const [password, code] of easy) {
      assert.equal(await register(net, "carol", password), code);
      assert.equal(await register(net, alice.userID, password, alice.password), code);
    }
    assert.equal(await register(net, "carolcarol", "CarolCarol"), "credential.password.common", "his name");
    assert.equal(await register(net, alice.userID, "a better one", alice.password), "changed");
  });

  it("not by a page, which registers as a PN GW does: what sets a password looks at it, and wipes it", () => {
    for (const [password, code] of easy) {
      const [typed, old] = [ascii(password), ascii("wonderland")];
      const options = {
        suite: nodeSuite,
        random: new SeededRandom(1),
        gatewayID: ascii("https://cpns.example"),
        serverID: ascii("cpns.example"),
        userID: ascii("carol"),
        password: typed,
        oldPassword: old,
      };
      assert.equal(
        codeOf(() => new Registration(options, 1)),
        code,
      );
      assert.ok([...typed, ...old].every((octet) => octet === 0));
    }
  });

  it("not by the Server's operator", async () => {
    const { server } = (await new TestNetwork().start()).network;
    for (const [password, code] of easy) {
      const refused = (error: unknown) => error instanceof CpnsError && error.code === code;
      await assert.rejects(server.registerUser(ascii("carol"), ascii(password)), refused);
      await assert.rejects(server.changePassword(ascii(alice.userID), ascii(password)), refused);
    }
  });

  it("and why is said in words, everywhere", () => {
    for (const code of ["credential.password.tooShort", "credential.password.common"] as const) {
      const error = new CpnsError(code);
      for (const said of [gatewayWords(error), inWords(error) ?? "", words.error(code)]) {
        assert.ok(said.length > 20 && !said.startsWith(code) && !said.startsWith("That failed"), said);
      }
    }
  });
});
