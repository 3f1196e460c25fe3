import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { budgetsOf, spend } from "../../../src/database/budgets.js";
import { ended } from "../../support/ended.js";
import { alice, bob, keypad, outcome, TestNetwork } from "../../support/network.js";

const own = { userID: "operator", password: "operator's own password" };

describe("a wrong password of an enrolment", () => {
  const devices = ["first", "second", "third"].map((id) => ({ ...keypad, id, secure: id === "third" }));

  const entityID = ascii("made by a factory");
  const factory = { ...keypad, id: "made", entityID, temporaryKey: new Uint8Array(32).fill(1) };
  const twin = { ...factory, id: "copy", temporaryKey: new Uint8Array(32).fill(2) };

  /** What each guess was charged to since the last look: kinds without names. */
  function looks(net: TestNetwork): () => readonly string[] {
    let known = new Map<string, number>();
    return () => {
      const all = net.network.serverStore.all("budgets");
      const charged = all.filter(([name, { at }]) => at !== known.get(name));
      known = new Map(all.map(([name, { at }]) => [name, at]));
      return charged
        .map(([name]) => name.split("/").slice(0, 2))
        .map(([whose, kind = ""]) => (whose === "guesser" || whose === "registering" ? whose : kind));
    };
  }

  it("is charged to the way that it comes, which is another one for each that knows more", async () => {
    const net = await new TestNetwork({ devices: [...devices, factory, twin], imports: [factory] }).start();
    const [first, second, third, made, copy] = net.network.devices;
    assert.ok(first && second && third && made && copy);
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
    assert.deepEqual(await wrong(bob, made), ["factory"], "by a device that shows its Temporary Key");
    assert.equal(outcome(await net.enrol(alice, made)), "enrolled");
    assert.deepEqual(await wrong(alice, made), ["bound"]);
    assert.deepEqual(await wrong(alice, copy), ["familiar"], "by one that shows another key than its own");
  });

  it("of a change of the password at the PN GW is charged like one, and a right one costs nothing", async () => {
    const net = await new TestNetwork().start();
    const charged = looks(net);
    const change = async (userID: string, old: string): Promise<readonly string[]> => {
      charged();
      const credentials = {
        userID: ascii(userID),
        password: ascii("another password"),
        oldPassword: ascii(old),
      };
      let told = false;
      net.network.gateway.command({ kind: "register", ...credentials }, () => {
        told = true;
      });
      await net.clock.runWhile(() => !told, Milliseconds(60_000));
      return [...new Set(charged())].sort();
    };
    const spent = (kind: string): readonly number[] =>
      net.network.serverStore
        .all("budgets")
        .flatMap(([name, one]) => (name.endsWith(kind) ? [one.spent] : []));
    assert.deepEqual(await change("alice", "wrong password"), ["foreign", "guesser", "registering"]);
    assert.deepEqual(await change("operator", "wrong password"), ["own", "registering"]);
    const [before = 0] = spent("/own");
    assert.ok(before > 0);
    await change("operator", own.password);
    assert.ok((spent("/own")[0] ?? 0) <= before, "a right one was charged");
  });

  it("that others have spent to the last leaves the right one unlooked at, until one comes back", async () => {
    const net = await new TestNetwork().start();
    const { serverStore: store } = net.network;
    const [user, owner] = ["alice", "operator"].map((name) => store.get("users", hex(ascii(name))));
    const wanted = budgetsOf(user, { by: "foreign", gatewayOwner: owner?.identity });
    const takes = (): Promise<boolean> =>
      store.transaction((tables) => spend(tables, wanted, net.clock.now()));
    while (await takes());
    assert.equal(outcome(await net.enrol(alice)), "result.refused");
    assert.equal(store.all("entities").length, 1, "the PN GW's own");
    await net.clock.runFor(Milliseconds(2 * 1_800_000));
    assert.equal(outcome(await net.enrol(alice)), "enrolled");
  });

  it("of a PN GW for itself is charged to those in the clear", async () => {
    const net = await new TestNetwork().start();
    const charged = looks(net);
    charged();
    const credentials = { userID: ascii("alice"), password: ascii("wrong password") };
    let told: string | undefined;
    net.network.gateway.command({ kind: "enrol", ...credentials }, (over) => {
      told = ended(over);
    });
    await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
    assert.equal(told, "result.refused");
    assert.deepEqual([...new Set(charged())], ["clear"]);
  });
});
