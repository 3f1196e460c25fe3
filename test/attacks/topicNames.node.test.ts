import assert from "node:assert/strict";
import { type KeptLevel, LevelBook } from "../../hosts/gateway/mqtt/names.js";
import type { MemberView } from "../../src/gateway/ports.js";

const victim = "00112233445566778899aabbccddeeff";
const named = (id: string, name: string): MemberView => ({ id, name, here: true, topics: [] });

/** What stands below the network, in the order of its members. */
const levels = (book: LevelBook, members: readonly MemberView[], alias = "Home"): string[] =>
  book.placed("cpns", [{ id: "aabbccdd", alias, members }]).map(({ base }) => base);

const book = (kept: readonly KeptLevel[] = []): LevelBook =>
  new LevelBook({ read: () => kept, write: () => {} });

describe("a member who calls his devices so that another's name in MQTT is theirs, too", () => {
  /** Whatever the victim's would be called: by its name, with a part of its ID, by its whole ID. */
  const hostile = [
    named("a1", "Lamp"),
    named("a2", `lamp ${victim.slice(-8)}`),
    named("a3", victim),
    named("a4", victim.slice(-8)),
    named("a5", `${victim}-3`),
    named("a6", `${victim} 4`),
  ];

  it("takes no topic of it, nor its commands, whoever comes first", () => {
    for (const name of ["Lamp", "LAMP!", "", "日本", victim]) {
      const own = named(victim, name);
      for (const members of [[own, ...hostile], [...hostile, own], [...hostile].reverse().concat(own)]) {
        const found = levels(book(), members);
        assert.equal(new Set(found).size, members.length, found.join(" "));
      }
    }
  });

  it("takes none that it has had, also while it is away, and over a restart", () => {
    let kept: readonly KeptLevel[] = [];
    const first = new LevelBook({
      read: () => [],
      write: (levels) => {
        kept = levels;
      },
    });
    const [own] = levels(first, [named(victim, "Lamp")]);
    levels(first, hostile);
    for (const again of [first, book(kept)]) {
      const found = levels(again, [...hostile, named(victim, "Lamp")]);
      assert.equal(found.at(-1), own);
      assert.equal(new Set(found).size, found.length);
    }
  });
});

describe("who starts a network under the name or the ID of another", () => {
  it("has topics of his own in MQTT", () => {
    const pn = (id: string, alias: string) => ({ id, alias, members: [named("a1", "Lamp")] });
    const pns = [
      pn("11111111aaaaaaaa", "Home"),
      pn("22222222bbbbbbbb", "home bbbbbbbb"),
      pn("33333333cccccccc", "11111111aaaaaaaa"),
      pn("44444444bbbbbbbb", "44444444bbbbbbbb"),
      pn("55555555bbbbbbbb", "HOME"),
      pn("66666666dddddddd", "55555555bbbbbbbb"),
    ];
    for (const order of [pns, [...pns].reverse()]) {
      const found = book()
        .placed("cpns", order)
        .map(({ base }) => base);
      assert.equal(new Set(found).size, order.length, found.join(" "));
    }
  });
});
