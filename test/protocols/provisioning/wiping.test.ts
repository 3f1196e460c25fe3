import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { pushedToPNE } from "../../../src/catalogue/legs.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { type AssignmentHost, InstalledCredentials, install } from "../../../src/pne/assignment.js";
import { defaultMethods } from "../../../src/pne/ports.js";
import { userInfoInstallRequest } from "../../../src/protocols/provisioning/messages.js";
import { ManualClock } from "../../support/manualClock.js";

function request() {
  const scalar = new Uint8Array(32).fill(7);
  const body = { userID: ascii("alice"), w0: scalar, w1: scalar };
  const message = pushedToPNE.decode(encodeMessage(userInfoInstallRequest, 1, body));
  return message.name === "UserInfoInstallRequest" ? message : assert.fail(message.name);
}

const all = (octets: Uint8Array, value: number): boolean => octets.every((octet) => octet === value);

function hostOf(more: { readonly hasUI?: boolean; readonly secure?: boolean }): AssignmentHost {
  const ports = {
    suite: { ...nobleSuite, curve: {} },
    clock: new ManualClock(),
    policy: { hasUI: more.hasUI ?? false, ...defaultMethods },
  };
  const host = {
    ports,
    store: { state: "empty" },
    connection: { link: { secure: more.secure ?? true }, nextExchange: () => 1 },
    installed: new InstalledCredentials(ports as never),
    unoccupied: true,
    assign: () => assert.fail("nothing was triggered"),
  };
  return host as never;
}

describe("credentials that are installed (SEC-04, C-19)", () => {
  it("are wiped at once when the device does not take them", () => {
    for (const host of [hostOf({ hasUI: true }), hostOf({ secure: false })]) {
      const message = request();
      install(host, message);
      assert.ok(all(message.body.w0, 0) && all(message.body.w1, 0) && all(message.octets, 0));
      assert.equal(host.installed.take(), undefined);
    }
  });

  it("are held once, and wiped when others take their place or the time is over", () => {
    const host = hostOf({});
    const [first, second] = [request(), request()];
    install(host, first);
    assert.ok(all(first.octets, 0), "the message itself is kept nowhere");
    assert.ok(all(first.body.w0, 7));
    install(host, second);
    assert.ok(all(first.body.w0, 0) && all(first.body.w1, 0));
    (host.ports.clock as ManualClock).advance(30_000 as never);
    assert.ok(all(second.body.w0, 0) && all(second.body.w1, 0));
    assert.equal(host.installed.take(), undefined);
  });
});
