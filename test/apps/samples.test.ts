import assert from "node:assert/strict";
import { doorbell } from "../../apps/doorbell/doorbell.js";
import { lamp } from "../../apps/lamp/lamp.js";
import { remote } from "../../apps/remote/remote.js";
import { thermometer } from "../../apps/thermometer/thermometer.js";
import type { Neighbour } from "../../src/device/application/application.js";
import { Bench } from "./bench.js";

const noButton = { open: () => ({ close() {} }) };
const lampIn = (id: string): Neighbour => ({
  id,
  name: `lamp ${id}`,
  topics: lamp(() => ({ set() {}, close() {} })).contents,
});

describe("the thermometer", () => {
  it("tells what has changed, and what has not once in ten minutes", () => {
    let degrees: number | undefined = 20.04;
    const bench = new Bench().run(thermometer(() => ({ read: () => degrees, close() {} })));
    assert.deepEqual(bench.sent, ["all temperature 20", "server temperature 20"]);
    degrees = 20.1;
    bench.pass(60);
    assert.equal(bench.sent.length, 2);
    degrees = 20.3;
    bench.pass(10);
    assert.equal(bench.sent[2], "all temperature 20.3");
    bench.pass(620);
    assert.equal(bench.sent.length, 6);
    assert.equal(bench.page, "20.3 °C");
  });

  it("tells again what has not arrived, and says so when its sensor does not answer", () => {
    let degrees: number | undefined = 20;
    const bench = new Bench().run(thermometer(() => ({ read: () => degrees, close() {} })));
    bench.options[0]?.done?.("topic.late");
    bench.pass(10);
    assert.equal(bench.sent.length, 4);
    degrees = undefined;
    bench.pass(10);
    assert.equal(bench.sent.length, 4);
    assert.equal(bench.page, "The sensor does not answer.");
  });

  it("tells nothing outside of a network, and at once when it has come into one", () => {
    const bench = new Bench();
    bench.state = "none";
    bench.run(thermometer(() => ({ read: () => 20, close() {} })));
    bench.pass(100);
    assert.deepEqual(bench.sent, []);
    bench.state = "here";
    bench.handlers.state?.("here");
    assert.deepEqual(bench.sent, ["all temperature 20", "server temperature 20"]);
  });
});

describe("the lamp", () => {
  it("is switched from outside and by its key, says what it is, and is as it was after a restart", () => {
    const lit: boolean[] = [];
    const light = { set: (on: boolean) => void lit.push(on), close() {} };
    const bench = new Bench().run(lamp(() => light));
    bench.handlers.message?.("gateway", "lamp", true);
    bench.press("Switch");
    bench.handlers.message?.({ member: "01" }, "lamp", true);
    assert.deepEqual(lit, [false, true, false, true]);
    assert.deepEqual(bench.sent.slice(-2), ["gateway lamp true", "server lamp true"]);
    bench.pass(11);
    bench.run(lamp(() => light));
    assert.equal(lit.at(-1), true);
    assert.equal(bench.page, "The lamp is on.");
  });

  it("does not wear its flash when somebody switches it again and again", () => {
    const bench = new Bench().run(lamp(() => ({ set() {}, close() {} })));
    for (let n = 0; n < 1000; n++) {
      bench.handlers.message?.("gateway", "lamp", n % 2 === 0);
      bench.pass(0.1);
    }
    bench.pass(20);
    assert.equal(bench.writes, 1);
  });
});

describe("the remote", () => {
  it("switches the lamps that there are, one by one", () => {
    const bench = new Bench();
    bench.members = [lampIn("01"), { id: "02", name: "cellar", topics: [] }, lampIn("03")];
    let pressed = (): void => {};
    const button = {
      open: (work: () => void) => {
        pressed = work;
        return { close() {} };
      },
    };
    bench.run(remote(button));
    pressed();
    bench.ended();
    assert.equal(bench.page, "lamp 01 / switched");
    bench.press("Switch");
    bench.ended("result.noRoute");
    assert.equal(bench.page, "lamp 01 / result.noRoute");
    bench.press("Next");
    bench.press("Switch");
    assert.deepEqual(bench.sent, ["01 toggle press", "01 toggle press", "03 toggle press"]);
  });

  it("switches a lamp at the first press, whoever has switched it and whichever of both has lost its power", () => {
    const lit: boolean[] = [];
    const atLamp = new Bench().run(lamp(() => ({ set: (on) => void lit.push(on), close() {} })));
    const press = (): void => {
      const atRemote = new Bench();
      atRemote.members = [lampIn("01")];
      atRemote.run(remote(noButton)).press("Switch");
      const [, topic = "", value = ""] = atRemote.sent[0]?.split(" ") ?? [];
      atLamp.handlers.message?.({ member: "02" }, topic, value);
    };
    press();
    press();
    atLamp.handlers.message?.("server", "lamp", true);
    press();
    assert.deepEqual(lit, [false, true, false, true, false]);
  });

  it("says so when there is none", () => {
    const bench = new Bench().run(remote(noButton));
    bench.press("Switch");
    bench.press("Next");
    assert.deepEqual([bench.sent, bench.page], [[], "There is no lamp in the network."]);
  });
});

describe("the doorbell", () => {
  it("rings at the others, and shows who rings for a minute", () => {
    let chimes = 0;
    const bench = new Bench();
    bench.members = [{ id: "01", name: "Door", topics: [] }];
    bench.run(doorbell(noButton, () => chimes++));
    bench.press("Ring");
    bench.ended();
    assert.deepEqual([bench.sent, bench.page], [["all ring press"], "It has rung."]);
    bench.handlers.message?.({ member: "01" }, "ring", "press");
    assert.deepEqual([chimes, bench.page], [1, "Somebody rings: Door"]);
    bench.pass(61);
    assert.equal(bench.page, "Nobody rings.");
  });
});
