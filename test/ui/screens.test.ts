import assert from "node:assert/strict";
import { Seconds } from "../../src/base/units.js";
import type { PneView } from "../../src/pne/ports.js";
import { errorCodes } from "../support/errorCodes.js";
import { emptyView, enrolledView, joinedView, UiBench } from "../support/uiBench.js";

describe("the screens", () => {
  it("welcome a device without a key, and lead to the User ID", () => {
    const bench = new UiBench();
    assert.equal(bench.screen.id, "welcome");
    bench.taps("D");
    assert.equal(bench.screen.id, "userID");
  });

  it("show the key's progress in percent, and cancel with C", () => {
    const bench = new UiBench().notify({ kind: "progress", step: "enrol", fraction: 0.42 });
    assert.equal(bench.screen.progress?.fraction, 0.42);
    bench.taps("C");
    assert.deepEqual(bench.commands, [{ kind: "cancel" }]);
  });

  it("say that the device is enrolled, then offer a network by themselves", () => {
    const bench = new UiBench().notify({ kind: "state", view: enrolledView }).notify({ kind: "enrolled" });
    assert.equal(bench.screen.tone, "success");
    bench.taps("   ");
    assert.equal(bench.screen.id, "home");
    bench.taps("D");
    assert.deepEqual(bench.commands, [{ kind: "createPN" }]);
  });

  it("offer in a PN to say hello, see members, leave", () => {
    const bench = new UiBench("matrix", joinedView);
    assert.equal(bench.screen.menu?.items.length, 5);
    bench.taps("DBD");
    assert.deepEqual(
      bench.commands.map((command) => command.kind),
      ["sendToServer", "sendToGateway"],
    );
    bench.taps("BD");
    assert.equal(bench.screen.id, "members");
    assert.match(bench.screen.menu?.items[0] ?? "", /Kitchen \(this device\)/);
    bench.taps("D");
    assert.equal(bench.commands.length, 2, "nobody greets himself");
    bench.taps("BD");
    assert.deepEqual(bench.commands.at(-1), { kind: "sendToMember", to: "aa", text: "Hello!" });
  });

  it("ask before they join somebody's PN: D is yes, C is no, nothing else answers (PNI-03, GWI-03)", () => {
    for (const [key, kind] of [
      ["D", "acceptInvitation"],
      ["C", "declineInvitation"],
    ] as const) {
      const bench = new UiBench("matrix", { ...enrolledView, invitation: { from: "Hall" } });
      bench.notify({ kind: "invited", from: "Hall" });
      assert.match(bench.screen.lines[0] ?? "", /^"Hall" invites you/);
      bench.taps("123AB");
      assert.deepEqual(bench.commands, []);
      bench.taps(key);
      assert.deepEqual(bench.commands, [{ kind }]);
      assert.equal(bench.screen.id, "home");
    }
  });

  it("say that an invitation is over, and that a PN was ended for everybody", () => {
    const bench = new UiBench("matrix", enrolledView).notify({ kind: "invited" });
    bench.notify({ kind: "invitationOver" });
    assert.match(bench.screen.lines[0] ?? "", /over/);
    bench.taps("D");
    assert.equal(bench.screen.id, "home");
    bench.notify({ kind: "left", why: "dissolved" });
    assert.match(bench.screen.title, /ended/);
  });

  it("offer to end a PN for everybody to the one that started it", () => {
    const pn = { ...(joinedView.pn ?? { id: "", members: [], secure: true, away: false }), started: true };
    const bench = new UiBench("matrix", { ...joinedView, pn });
    assert.equal(bench.screen.menu?.items.length, 6);
    bench.taps("BBBBD");
    assert.deepEqual(bench.commands, [{ kind: "dissolvePN" }]);
  });

  it("after a wrong password keep the User ID and ask for the password again", () => {
    const bench = new UiBench().taps("D2 D3D").notify({ kind: "failed", code: "result.refused" });
    assert.equal(bench.screen.id, "error");
    bench.taps("D");
    assert.equal(bench.screen.id, "password");
    bench.taps("4D");
    assert.equal(bench.commands.length, 2);
  });

  it("count down before another try, and take none before", () => {
    const bench = new UiBench().taps("D2 D3D");
    bench.notify({ kind: "failed", code: "result.refused", wait: Seconds(5) });
    assert.match(bench.screen.lines[1] ?? "", /in 5 s/);
    bench.taps("D");
    assert.equal(bench.screen.id, "error");
    bench.taps("  ");
    assert.match(bench.screen.lines[1] ?? "", /in 3 s/);
    bench.taps("    D");
    assert.equal(bench.screen.id, "password");
  });

  it("lead home from every error with C, and say what to do next", () => {
    for (const code of errorCodes) {
      const bench = new UiBench().notify({ kind: "failed", code });
      assert.equal(bench.screen.tone, "error");
      assert.ok((bench.screen.lines[1] ?? "").length > 5, code);
      bench.taps("C");
      assert.equal(bench.screen.id, "welcome", code);
    }
  });

  it("show the code of an error that has no text", () => {
    const bench = new UiBench().notify({ kind: "failed", code: "cbor.depth" });
    assert.match(bench.screen.lines.join(" "), /cbor\.depth/);
  });

  it("name bad input on the field itself, and keep what is right", () => {
    const bench = new UiBench().taps("DD");
    assert.equal(bench.screen.id, "userID");
    assert.equal(bench.screen.tone, "error");
    assert.match(bench.screen.lines[0] ?? "", /empty/);
    bench.taps("2D");
    assert.equal(bench.screen.id, "password");
    bench.taps("D");
    assert.equal(bench.screen.id, "password");
    assert.equal(bench.commands.length, 0);
  });

  it("erase everything only after a key that nobody presses by habit", () => {
    const bench = new UiBench("matrix", enrolledView).taps("BBDBBD");
    assert.equal(bench.screen.id, "reset");
    bench.taps("D");
    assert.equal(bench.commands.length, 0);
    bench.taps("BBDBBD7");
    assert.deepEqual(bench.commands, [{ kind: "factoryReset" }]);
    bench.notify({ kind: "state", view: emptyView }).notify({ kind: "resetDone" });
    bench.taps("   ");
    assert.equal(bench.screen.id, "welcome");
  });

  it("tell on each screen whether the device has a key and how its link is", () => {
    const status = (view: PneView): unknown => new UiBench("matrix", view).screen.status;
    const { pn } = joinedView;
    assert.ok(pn !== undefined);
    assert.deepEqual(status(emptyView), { keypad: "matrix", enrolled: false, link: "none" });
    assert.deepEqual(status({ ...enrolledView, connected: true }), {
      keypad: "matrix",
      enrolled: true,
      link: "open",
    });
    assert.deepEqual(status(joinedView), { keypad: "matrix", enrolled: true, link: "secure" });
    const away = { ...joinedView, connected: false, pn: { ...pn, away: true } };
    assert.deepEqual(status(away), { keypad: "matrix", enrolled: true, link: "away" });
  });

  it("erase on a display that is touched only when the soft key is held", () => {
    const bench = new UiBench("touch", enrolledView).taps("BBDBBD");
    assert.equal(bench.screen.softKeys[3], "Erase");
    bench.taps("D");
    assert.equal(bench.commands.length, 0);
    bench.taps("BBDBBD").press({ kind: "matrix", key: "D", long: true });
    assert.deepEqual(bench.commands, [{ kind: "factoryReset" }]);
    const matrix = new UiBench("matrix", enrolledView).taps("BBDBBD");
    matrix.press({ kind: "matrix", key: "D", long: true });
    assert.equal(matrix.commands.length, 0);
  });

  it("take a digit that is held for one press, not for another one on the next screen", () => {
    const bench = new UiBench("matrix", enrolledView).taps("BB5");
    assert.equal(bench.screen.id, "settings");
    bench.press({ kind: "matrix", key: "5", long: true });
    assert.equal(bench.screen.id, "settings");
  });

  it("show a message and go home", () => {
    const bench = new UiBench("matrix", joinedView).notify({ kind: "message", from: "server", text: "hi" });
    assert.deepEqual(bench.screen.lines, ["hi"]);
    bench.taps("D");
    assert.equal(bench.screen.id, "home");
  });
});

describe("names", () => {
  it("ask for the name of a network before all are invited; it may be left out", () => {
    const bench = new UiBench("matrix", enrolledView).taps("BD");
    assert.equal(bench.screen.id, "alias");
    assert.match(bench.screen.lines[0] ?? "", /empty/);
    bench.taps("D");
    assert.deepEqual(bench.commands, [{ kind: "createPN", who: "all" }]);
    bench.taps("BD#33 2D");
    assert.deepEqual(bench.commands[1], { kind: "createPN", who: "all", alias: "Ea" });
    bench.taps("BDC");
    assert.equal(bench.screen.id, "home");
    assert.equal(bench.commands.length, 2);
  });

  it("tell a member named like the Server or the gateway from these", () => {
    const said = (from: "server" | "gateway" | "member", name: string): string => {
      const bench = new UiBench("matrix", joinedView);
      bench.notify({ kind: "message", from, text: "Type your password", ...(from === "member" && { name }) });
      return bench.screen.title;
    };
    assert.notEqual(said("member", "the Server"), said("server", ""));
    assert.notEqual(said("member", "the gateway"), said("gateway", ""));
    const invited = (from?: string): string | undefined => {
      const invitation = from === undefined ? {} : { from };
      const bench = new UiBench("matrix", { ...enrolledView, invitation });
      bench.notify({ kind: "invited", ...invitation });
      return bench.screen.lines[0];
    };
    assert.match(invited() ?? "", /^The gateway invites/);
    assert.match(invited("The gateway") ?? "", /^"The gateway" invites/);
  });

  it("let a person name the device, and show its name and that of its network", () => {
    const bench = new UiBench("matrix", { ...enrolledView, name: "Stove" }).taps("BBD");
    assert.equal(bench.screen.lines[0], "Name: Stove");
    bench.taps("D#2 2D");
    assert.deepEqual(bench.commands, [{ kind: "setName", name: "Aa" }]);
    bench.notify({ kind: "named" });
    assert.match(bench.screen.lines[0] ?? "", /stored/);
    const pn = { ...joinedView.pn, alias: "Family $&" } as NonNullable<typeof joinedView.pn>;
    const inside = new UiBench("matrix", { ...joinedView, pn });
    assert.equal(inside.screen.title, "Family $&");
    const asked = new UiBench("matrix", { ...enrolledView, invitation: { from: "Hall $&", alias: "$1 %" } });
    asked.notify({ kind: "invited", from: "Hall $&", alias: "$1 %" });
    assert.deepEqual(asked.screen.lines, ['"Hall $&" invites you into its network.', 'It is called "$1 %".']);
  });
});
