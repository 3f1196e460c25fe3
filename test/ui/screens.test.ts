import assert from "node:assert/strict";
import { Seconds } from "../../src/base/units.js";
import { encodeUtf8 } from "../../src/codec/utf8.js";
import type { PNView, PneCommand, PneView } from "../../src/pne/ports.js";
import { errorCodes } from "../support/errorCodes.js";
import { emptyView, enrolledView, joinedView, UiBench } from "../support/uiBench.js";

describe("the screens", () => {
  it("welcome a device without a key, and lead to the User ID where a gateway is", () => {
    const bench = new UiBench();
    assert.equal(bench.screen.id, "welcome");
    bench.taps("D");
    assert.equal(bench.screen.id, "userID");
    assert.deepEqual(bench.commands, []);
  });

  it("look for a gateway before anybody types a password; what is typed meanwhile is not lost", () => {
    const bench = new UiBench("keyboard", emptyView).types("al");
    assert.equal(bench.screen.id, "looking");
    assert.deepEqual(bench.commands, [{ kind: "look" }]);
    bench.notify({ kind: "progress", step: "connect" }).types("i");
    assert.equal(bench.screen.id, "looking");
    bench.notify({ kind: "found" });
    assert.equal(bench.screen.id, "userID");
    assert.equal(bench.screen.field?.text, "ali");
  });

  it("show nobody a password that is typed before the gateway is found", () => {
    const enter = { kind: "named", key: "enter" } as const;
    const bench = new UiBench("keyboard", emptyView).types("alice").press(enter).types("moon");
    assert.equal(bench.screen.id, "looking");
    bench.notify({ kind: "found" });
    assert.equal(bench.screen.id, "password");
    assert.match(bench.screen.field?.text ?? "", /^\*{3}./);
    bench.types("light").press(enter);
    const [, enrol] = bench.commands;
    assert.deepEqual(enrol, {
      kind: "enrol",
      userID: encodeUtf8("alice"),
      password: encodeUtf8("moonlight"),
    });
    // Who presses Enter twice has not typed a User ID yet.
    const twice = new UiBench("keyboard", emptyView)
      .press(enter, enter)
      .types("alice")
      .notify({ kind: "found" });
    assert.deepEqual([twice.screen.id, twice.screen.field?.text], ["userID", "alice"]);
  });

  it("lose nothing that is typed on 16 keys while a gateway is looked for, either", () => {
    const bench = new UiBench("matrix", emptyView).taps("D2 3").notify({ kind: "found" });
    assert.equal(bench.screen.field?.text, "ad");
  });

  it("look again when nobody was there, and give up when told to", () => {
    const bench = new UiBench("matrix", emptyView)
      .taps("D")
      .notify({ kind: "failed", code: "gatewayNotFound" });
    assert.equal(bench.screen.id, "error");
    bench.taps("D");
    assert.equal(bench.screen.id, "looking");
    assert.deepEqual(
      bench.commands.map(({ kind }) => kind),
      ["look", "look"],
    );
    bench.taps("C");
    assert.deepEqual(bench.commands.at(-1), { kind: "cancel" });
    bench.notify({ kind: "failed", code: "cancelled" });
    assert.equal(bench.screen.id, "welcome");
  });

  it("show the key's progress in percent, and cancel with C, back to where the person was", () => {
    const bench = new UiBench().taps("D2 D3 D").notify({ kind: "progress", step: "enrol", fraction: 0.42 });
    assert.equal(bench.screen.progress?.fraction, 0.42);
    bench.taps("C");
    assert.deepEqual(bench.commands.at(-1), { kind: "cancel" });
    bench.notify({ kind: "failed", code: "cancelled" });
    assert.equal(bench.screen.id, "password");
    assert.equal(bench.screen.field?.text, "*");
  });

  it("say that the device is enrolled, then offer a network by themselves", () => {
    const bench = new UiBench().notify({ kind: "state", view: enrolledView }).notify({ kind: "enrolled" });
    assert.equal(bench.screen.tone, "success");
    bench.after(3);
    assert.equal(bench.screen.id, "home");
    bench.after(1).taps("BD");
    assert.deepEqual(bench.commands, [{ kind: "createPN" }]);
  });

  it("say how the device is in its network: with others, started with nobody yet, or with the gateway alone", () => {
    const alone = { ...joinedView, pn: { ...(joinedView.pn as PNView), members: [] } };
    const joined = (keys: string, view: PneView): string => {
      const bench = new UiBench("matrix", enrolledView).taps(keys).notify({ kind: "progress", step: "join" });
      return bench.notify({ kind: "state", view }).notify({ kind: "joined" }).screen.id;
    };
    assert.equal(joined("DD", joinedView), "joined");
    assert.equal(joined("DD", alone), "started");
    assert.equal(joined("BD", alone), "alone");
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
    assert.deepEqual(bench.screen.menu?.items, ["aa"], "oneself stands above, as nobody greets himself");
    bench.taps("D");
    assert.deepEqual(bench.commands.at(-1), { kind: "sendToMember", to: "aa", text: "Hello!" });
    bench.taps("C");
    assert.equal(bench.screen.id, "home");
  });

  it("ask before a network is left, or ended for everybody", () => {
    const pn = { ...(joinedView.pn as PNView), started: true };
    for (const [keys, id, kind] of [
      ["BBBD", "leave", "leavePN"],
      ["BBBBD", "dissolve", "dissolvePN"],
    ] as const) {
      const bench = new UiBench("matrix", { ...joinedView, pn }).taps(keys);
      assert.equal(bench.screen.id, id);
      bench.taps("C");
      assert.equal(bench.screen.id, "home");
      assert.deepEqual(bench.commands, []);
      bench.taps("DD");
      assert.deepEqual(bench.commands, [{ kind }]);
    }
  });

  it("ask before they join somebody's PN: D is yes, C is no, nothing else answers (PNI-03, GWI-03)", () => {
    for (const [key, kind] of [
      ["D", "acceptInvitation"],
      ["C", "declineInvitation"],
    ] as const) {
      const bench = new UiBench("matrix", { ...enrolledView, invitation: { from: "Hall" } });
      bench.notify({ kind: "invited", from: "Hall" }).after(1);
      assert.match(bench.screen.lines[0] ?? "", /^"Hall" invites you/);
      bench.taps("123AB5");
      assert.deepEqual(bench.commands, []);
      bench.taps(key);
      assert.deepEqual(bench.commands, [{ kind }]);
      assert.equal(bench.screen.id, "home");
    }
  });

  it("do not offer to say yes once more to an invitation that was over: OK goes on", () => {
    const bench = new UiBench("matrix", { ...enrolledView, invitation: { from: "Hall" } });
    bench.notify({ kind: "invited", from: "Hall" }).after(1).taps("D");
    bench.notify({ kind: "state", view: enrolledView }).notify({ kind: "failed", code: "pn.tooLate" });
    assert.deepEqual([bench.screen.id, ...(bench.screen.softKeys ?? [])].slice(-1), ["OK"]);
    bench.taps("D");
    assert.equal(bench.screen.id, "home");
    assert.deepEqual(bench.commands, [{ kind: "acceptInvitation" }]);
  });

  it("say that an invitation is over, and that the device is in no PN any more, but not that the PN is over", () => {
    const bench = new UiBench("matrix", enrolledView).notify({ kind: "invited" });
    bench.notify({ kind: "invitationOver" }).after(1);
    assert.match(bench.screen.lines[0] ?? "", /over/);
    bench.taps("D");
    assert.equal(bench.screen.id, "home");
    bench.after(3).notify({ kind: "left", why: "dissolved" });
    assert.match(bench.screen.title, /Out of/);
    assert.match(bench.screen.lines.join(" "), /ended, or .* taken out/, "the message is the same for both");
  });

  it("after a wrong password lead back to it, as it was typed", () => {
    const bench = new UiBench().taps("D2 D3D").notify({ kind: "failed", code: "result.refused" });
    assert.equal(bench.screen.id, "error");
    bench.taps("D");
    assert.equal(bench.screen.id, "password");
    bench.taps("B4 ");
    assert.equal(bench.screen.field?.text, "dg", "who looks at it mends it");
    bench.taps("BD").notify({ kind: "failed", code: "result.refused" }).taps("D4 B");
    assert.equal(bench.screen.field?.text, "g", "who types begins anew");
    bench.taps("D").notify({ kind: "failed", code: "result.refused" }).taps("DA4 ");
    assert.equal(bench.screen.field?.text, "g", "who deletes mends it, too");
    assert.equal(bench.commands.length, 3);
  });

  it("do the same thing again on Try again, with nothing typed anew", () => {
    for (const code of ["gatewayNotFound", "linkLost", "timeout", "result.serverUnreachable"] as const) {
      const bench = new UiBench().taps("D2 D3D").notify({ kind: "failed", code }).taps("D");
      const [first, again] = bench.commands;
      assert.ok(first?.kind === "enrol" && again?.kind === "enrol", code);
      assert.deepEqual(again, first);
    }
    const tries: readonly (readonly [keys: string, view: PneView, command: PneCommand])[] = [
      ["BD", enrolledView, { kind: "createPN" }],
      ["D33 D", enrolledView, { kind: "createPN", who: "all", alias: "e" }],
      ["D", joinedView, { kind: "sendToServer", text: "Hello, Server!" }],
      ["BBDD", joinedView, { kind: "sendToMember", to: "aa", text: "Hello!" }],
    ];
    for (const [keys, view, command] of tries) {
      const bench = new UiBench("matrix", view).taps(keys).notify({ kind: "failed", code: "timeout" });
      bench.taps("D");
      assert.deepEqual(bench.commands, [command, command]);
    }
  });

  it("keep a name that could not be stored, to be tried again or shortened", () => {
    const bench = new UiBench("matrix", enrolledView).taps("BBDD22 D");
    bench.notify({ kind: "failed", code: "store.full" }).taps("D");
    assert.deepEqual(bench.commands, [
      { kind: "setName", name: "b" },
      { kind: "setName", name: "b" },
    ]);
    bench.notify({ kind: "failed", code: "store.full" }).taps("C");
    assert.equal(bench.screen.id, "deviceName");
    assert.equal(bench.screen.field?.text, "b");
  });

  it("count down before another try, and take none before", () => {
    const bench = new UiBench().taps("D2 D3D");
    bench.notify({ kind: "failed", code: "throttled", wait: Seconds(5) });
    assert.match(bench.screen.lines[1] ?? "", /in 5 s/);
    bench.taps("D");
    assert.equal(bench.screen.id, "error");
    bench.after(2);
    assert.match(bench.screen.lines[1] ?? "", /in 3 s/);
    bench.after(4).taps("D");
    assert.equal(bench.commands.length, 2, "the same once more");
  });

  it("lead from every error back to where the person was, and say what to do next", () => {
    for (const code of errorCodes) {
      const bench = new UiBench("matrix", enrolledView).taps("BD").notify({ kind: "failed", code });
      assert.equal(bench.screen.tone, "error");
      assert.ok((bench.screen.lines[1] ?? "").length > 5, code);
      bench.taps("C");
      assert.equal(bench.screen.id, "home", code);
    }
  });

  it("offer nothing to try again that nobody has tried", () => {
    const bench = new UiBench("matrix", enrolledView).notify({ kind: "failed", code: "crash.watchdog" });
    assert.deepEqual(bench.screen.softKeys, ["", "", "", "OK"]);
    bench.after(1).taps("D");
    assert.equal(bench.screen.id, "home");
    assert.deepEqual(bench.commands, []);
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
    const bench = new UiBench("matrix", enrolledView).taps("BBDBBBD");
    assert.equal(bench.screen.id, "reset");
    bench.taps("D");
    assert.equal(bench.commands.length, 0);
    bench.taps("7");
    assert.deepEqual(bench.commands, [{ kind: "factoryReset" }]);
    bench.notify({ kind: "state", view: emptyView }).notify({ kind: "resetDone" });
    assert.equal(bench.screen.id, "erased");
    bench.after(3);
    assert.equal(bench.screen.id, "welcome");
  });

  it("tell on each screen whether the device has a key, how its link is, and how much waits", () => {
    const status = (view: PneView): unknown => new UiBench("matrix", view).screen.status;
    const pn = joinedView.pn as PNView;
    assert.deepEqual(status(emptyView), { keypad: "matrix", enrolled: false, link: "none", waiting: 0 });
    assert.deepEqual(status({ ...enrolledView, connected: true }), {
      keypad: "matrix",
      enrolled: true,
      link: "open",
      waiting: 0,
    });
    assert.deepEqual(status(joinedView), { keypad: "matrix", enrolled: true, link: "secure", waiting: 0 });
    const away = { ...joinedView, connected: false, pn: { ...pn, away: true } };
    assert.deepEqual(status(away), { keypad: "matrix", enrolled: true, link: "away", waiting: 0 });
  });

  it("erase on a display that is touched only when the soft key is held", () => {
    const bench = new UiBench("touch", enrolledView).taps("BBDBBBD");
    assert.equal(bench.screen.softKeys[3], "Erase");
    bench.taps("D");
    assert.equal(bench.commands.length, 0);
    bench.press({ kind: "matrix", key: "D", long: true });
    assert.deepEqual(bench.commands, [{ kind: "factoryReset" }]);
    const matrix = new UiBench("matrix", enrolledView).taps("BBDBBBD");
    matrix.press({ kind: "matrix", key: "D", long: true });
    assert.equal(matrix.commands.length, 0);
  });

  it("take a digit that is held for one press, not for another one on the next screen", () => {
    const bench = new UiBench("matrix", enrolledView).taps("BB5");
    assert.equal(bench.screen.id, "settings");
    bench.press({ kind: "matrix", key: "5", long: true });
    assert.equal(bench.screen.id, "settings");
  });

  it("show a message and go back to where the person was", () => {
    const bench = new UiBench("matrix", joinedView).taps("BBD").after(3);
    bench.notify({ kind: "message", from: "server", text: "hi" });
    assert.deepEqual(bench.screen.lines, ["hi"]);
    bench.after(1).taps("D");
    assert.equal(bench.screen.id, "members");
  });

  it("lead back from Settings, and what is in it, to where they were opened", () => {
    const bench = new UiBench("matrix", enrolledView, { lines: ["Running: 1 min"] }).taps("BBDBBBD");
    assert.equal(bench.screen.id, "diagnostics");
    bench.taps("D");
    assert.equal(bench.screen.id, "settings");
    bench.taps("AAAD#2D").notify({ kind: "named" });
    assert.match(bench.screen.lines[0] ?? "", /stored/);
    bench.taps("D");
    assert.equal(bench.screen.id, "settings");
    bench.taps("C");
    assert.equal(bench.screen.id, "home");
  });
});

describe("names", () => {
  it("ask for the name of a network before all are invited; it may be left out", () => {
    const bench = new UiBench("matrix", enrolledView).taps("D");
    assert.equal(bench.screen.id, "alias");
    assert.match(bench.screen.lines[0] ?? "", /empty/);
    bench.taps("D");
    assert.deepEqual(bench.commands, [{ kind: "createPN", who: "all" }]);
    bench.taps("#33 2D");
    assert.deepEqual(bench.commands[1], { kind: "createPN", who: "all", alias: "Ea" });
    bench.taps("C");
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

  it("let a person name the device, beginning with its name, and show that and its network's", () => {
    const bench = new UiBench("matrix", { ...enrolledView, name: "Stove" }).taps("BBD");
    assert.equal(bench.screen.lines[0], "Name: Stove");
    bench.taps("D");
    assert.equal(bench.screen.field?.text, "Stove");
    bench.taps("A#2D");
    assert.deepEqual(bench.commands, [{ kind: "setName", name: "StovA" }]);
    assert.equal(
      new UiBench("matrix", { ...enrolledView, name: "K\u00fcche" }).taps("BBDD").screen.field?.text,
      "",
    );
    const kept = new UiBench("matrix", { ...enrolledView, name: "K\u00fcche" }).taps("BBDD");
    assert.deepEqual(kept.screen.lines, ["Name: K\u00fcche"]);
    kept.taps("D");
    assert.equal(kept.screen.id, "settings");
    assert.deepEqual(kept.commands, [], "what cannot be typed here is not lost by looking at it");
    const pn = { ...joinedView.pn, alias: "Family $&" } as PNView;
    const inside = new UiBench("matrix", { ...joinedView, pn });
    assert.equal(inside.screen.title, "Family $&");
    const asked = new UiBench("matrix", { ...enrolledView, invitation: { from: "Hall $&", alias: "$1 %" } });
    asked.notify({ kind: "invited", from: "Hall $&", alias: "$1 %" });
    assert.deepEqual(asked.screen.lines, ['"Hall $&" invites you into its network.', 'It is called "$1 %".']);
  });
});
