import assert from "node:assert/strict";
import type { PNView, PneNotice } from "../../src/pne/ports.js";
import type { KeyPress } from "../../src/ui/keys.js";
import { enrolledView, joinedView, UiBench } from "../support/uiBench.js";

const button = (name: "left" | "middle" | "right"): KeyPress => ({ kind: "button", button: name });

describe("what comes while somebody types or chooses", () => {
  it("waits until the person has chosen, then asks", () => {
    const bench = new UiBench("matrix", { ...enrolledView, invitation: {} }).after(20).taps("B");
    bench.notify({ kind: "invited" });
    assert.equal(bench.screen.id, "home");
    bench.after(2).taps("B").after(2);
    assert.equal(bench.screen.id, "home");
    bench.after(1);
    assert.equal(bench.screen.id, "invited");
    bench.after(1).taps("D");
    assert.deepEqual(bench.commands, [{ kind: "acceptInvitation" }]);
  });

  it("asks above what is being read, as a question cannot wait", () => {
    const bench = new UiBench("matrix", enrolledView).after(20);
    bench.notify({ kind: "message", from: "member", name: "Hall", text: "one" }).after(20);
    bench.notify({ kind: "invited" });
    assert.equal(bench.screen.id, "invited");
    bench.after(1).taps("C");
    assert.equal(bench.screen.id, "message");
  });

  it("comes one by one, each until it has been read", () => {
    const bench = new UiBench("matrix", joinedView).after(20);
    const message = (text: string): PneNotice => ({ kind: "message", from: "member", name: "Hall", text });
    for (const text of ["one", "two", "three"]) bench.notify(message(text));
    assert.deepEqual([bench.screen.lines[0], bench.screen.status?.waiting], ["one", 2]);
    bench.after(4).taps("D").after(4);
    assert.equal(bench.screen.lines[0], "two");
    bench.taps("D").after(4).taps("D");
    assert.equal(bench.screen.id, "home");
    assert.deepEqual(bench.commands, []);
  });

  it("is forgotten from the oldest on when there is too much of it", () => {
    const bench = new UiBench("matrix", joinedView).after(20).taps("B");
    for (let i = 0; i < 40; i++)
      bench.notify({ kind: "message", from: "member", name: "Hall", text: `${i}` });
    assert.equal(bench.screen.status?.waiting, 8);
    bench.after(4);
    assert.equal(bench.screen.lines[0], "32");
  });

  it("is asked before what only waits to be read, and covered by nothing until it is decided", () => {
    const invitation = { from: "Hall" };
    const bench = new UiBench("matrix", { ...enrolledView, invitation }).after(20).taps("B");
    bench.notify({ kind: "failed", code: "pn.lost" }).notify({ kind: "invited", ...invitation });
    bench.after(3);
    assert.equal(bench.screen.id, "invited");
    bench.after(20);
    assert.equal(bench.screen.id, "invited");
    bench.taps("C").after(3);
    assert.equal(bench.screen.id, "error");
  });

  it("asks no one who goes on typing letters: the second begins anew with each", () => {
    const bench = new UiBench("matrix", { ...enrolledView, invitation: {} })
      .after(20)
      .notify({ kind: "invited" });
    for (let i = 0; i < 4; i++) bench.after(0.8).taps("3");
    bench.taps("D");
    assert.deepEqual(bench.commands, []);
    bench.after(1).taps("D");
    assert.deepEqual(bench.commands, [{ kind: "acceptInvitation" }]);
  });

  it("is an answer to who waits for it, and waits for who has gone on to type", () => {
    const hello: PneNotice = { kind: "message", from: "server", text: "Hello" };
    const waits = new UiBench("matrix", joinedView).after(20).taps("D").notify(hello);
    assert.equal(waits.screen.id, "message");
    const typing = new UiBench("matrix", joinedView).after(20).taps("D").taps("BBBBDD2");
    assert.equal(typing.screen.id, "deviceName");
    for (const notice of [hello, { kind: "progress", step: "send" }, { kind: "failed", code: "timeout" }])
      typing.notify(notice as PneNotice);
    assert.equal(typing.screen.field?.text, "a");
    typing.after(10);
    assert.equal(typing.screen.id, "message");
  });

  it("goes without a word when nobody has seen the invitation that is over", () => {
    const bench = new UiBench("matrix", enrolledView).after(20).taps("D2").notify({ kind: "invited" });
    bench.notify({ kind: "invitationOver" }).after(20);
    assert.equal(bench.screen.id, "alias");
    assert.equal(bench.screen.status?.waiting, 0);
  });

  it("changes no menu under a finger: for a second no key counts", () => {
    const bench = new UiBench("matrix", joinedView).after(20).taps("BBB");
    bench.notify({ kind: "state", view: enrolledView }).taps("D");
    assert.equal(bench.screen.id, "home");
    assert.deepEqual(bench.commands, []);
    bench.after(1).taps("D");
    assert.equal(bench.screen.id, "alias");
  });

  it("takes no yes for a new firmware that was meant for the one before it", () => {
    const offered = (version: string, fraction?: number): PneNotice => ({
      kind: "state",
      view: { ...joinedView, update: { version, ...(fraction !== undefined && { fraction }) } },
    });
    const bench = new UiBench("matrix", joinedView).after(20);
    bench.notify(offered("0.2.0")).notify({ kind: "updateOffered" }).after(20);
    bench.notify(offered("0.3.0")).taps("D");
    assert.equal(bench.screen.id, "update");
    assert.deepEqual(bench.commands, []);
    bench.after(1).taps("D");
    assert.deepEqual(bench.commands, [{ kind: "answerUpdate", yes: true }]);
    // How far the same one is costs nobody a key.
    bench.notify(offered("0.3.0", 0.1)).notify(offered("0.3.0", 0.2)).taps("C");
    assert.notEqual(bench.screen.id, "update");
  });

  it("leaves the choice on the row where it was when others come or go", () => {
    const pn = joinedView.pn as PNView;
    const members = ["a", "b", "c"].map((name) => ({ id: name, name }));
    const bench = new UiBench("matrix", { ...joinedView, pn: { ...pn, members } }).taps("BBDB");
    assert.equal(bench.screen.menu?.items[bench.screen.menu.selected], "b");
    bench.notify({ kind: "state", view: { ...joinedView, pn: { ...pn, members: members.slice(1) } } });
    assert.equal(bench.screen.menu?.items[bench.screen.menu.selected], "b");
  });

  it("ends what makes sense in the network only, when the network is no more", () => {
    for (const keys of ["BBD", "BBBD"]) {
      const bench = new UiBench("matrix", joinedView).taps(keys);
      bench.notify({ kind: "state", view: enrolledView });
      assert.equal(bench.screen.id, "home");
      bench.taps("D");
      assert.equal(bench.screen.id, "home", "the key was meant for what is no more");
      assert.deepEqual(bench.commands, []);
    }
  });
});

describe("three buttons", () => {
  it("have a way back from every page", () => {
    const reach: readonly (readonly [path: readonly KeyPress[], id: string, out: readonly KeyPress[]])[] = [
      [[button("middle")], "alias", [{ kind: "button", button: "left", long: true }]],
      [[button("left"), button("middle")], "settings", [button("left"), button("middle")]],
    ];
    for (const [path, id, out] of reach) {
      const bench = new UiBench("buttons", enrolledView).press(...path);
      assert.equal(bench.screen.id, id);
      bench.press(...out);
      assert.equal(bench.screen.id, "home", id);
    }
    const alone = { ...joinedView, pn: { ...(joinedView.pn as PNView), members: [] } };
    const bench = new UiBench("buttons", alone).press(button("right"), button("right"), button("middle"));
    assert.equal(bench.screen.id, "members");
    assert.deepEqual(bench.screen.menu?.items, ["Back"]);
    bench.press(button("middle"));
    assert.equal(bench.screen.id, "home");
  });

  it("say what each does: none that is named does nothing, and none that does something is unnamed", () => {
    const bench = new UiBench("buttons", enrolledView).press(button("right"), button("middle"));
    bench.notify({ kind: "failed", code: "timeout" });
    assert.deepEqual(bench.screen.softKeys, ["Back", "Try again", ""]);
    bench.press(button("right"));
    assert.equal(bench.screen.id, "error");
    bench.press(button("left"));
    assert.equal(bench.screen.id, "home");
  });
});
