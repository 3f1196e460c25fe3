import assert from "node:assert/strict";
import { alice, bob, keypad, outcome, TestNetwork } from "../../support/network.js";

const own = { userID: "operator", password: "operator's own password" };

describe("a wrong password of an enrolment", () => {
  const devices = ["first", "second", "third"].map((id) => ({ ...keypad, id, secure: id === "third" }));

  /** What each guess was charged to since the last look: kinds without names. */
  function looks(net: TestNetwork): () => readonly string[] {
    let known = new Map<string, number>();
    return () => {
      const all = net.network.serverStore.all("budgets");
      const charged = all.filter(([name, { at }]) => at !== known.get(name));
      known = new Map(all.map(([name, { at }]) => [name, at]));
      return charged
        .map(([name]) => name.split("/").slice(0, 2))
        .map(([whose, kind = ""]) => (whose === "guesser" ? "guesser" : kind));
    };
  }

  it("is charged to the way that it comes, which is another one for each that knows more", async () => {
    const net = await new TestNetwork({ devices }).start();
    const [first, second, third] = net.network.devices;
    assert.ok(first && second && third);
    const charged = looks(net);
    const wrong = async (
      user: { readonly userID: string },
      device: typeof first,
    ): Promise<readonly string[]> => {
      charged();
      assert.equal(
        outcome(await net.enrol({ ...user, password: "wrong password" }, device)),
        "result.refused",
      );
      return [...new Set(charged())].sort();
    };
    assert.deepEqual(await wrong(alice, first), ["foreign", "guesser"], "a PN GW of somebody else");
    assert.deepEqual(await wrong(own, first), ["own"], "of the User's own, by a link that anybody may open");
    assert.deepEqual(await wrong(own, third), ["assured"], "on a link that the owner has confirmed");
    assert.equal(outcome(await net.enrol(alice, first)), "enrolled");
    assert.deepEqual(await wrong(alice, second), ["familiar"], "where a device of the User is enrolled");
    assert.deepEqual(await wrong(bob, second), ["foreign", "guesser"], "and of nobody else");
    assert.deepEqual(await wrong(alice, first), ["bound"], "by a device that shows its key");
    assert.deepEqual(await wrong(bob, first), ["foreign", "guesser"], "which opens its owner's way alone");
  });
});
