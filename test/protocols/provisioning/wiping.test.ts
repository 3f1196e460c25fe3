import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { pushedToPNE } from "../../../src/catalogue/legs.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { install } from "../../../src/pne/assignment.js";
import type { Connection } from "../../../src/pne/connection.js";
import type { Core } from "../../../src/pne/core.js";
import { InstalledCredentials, installedLifetime } from "../../../src/pne/installed.js";
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

function atPNE(more: { readonly hasUI?: boolean; readonly secure?: boolean; readonly stagedFor?: string }) {
  const clock = new ManualClock();
  const ports = {
    suite: { ...nobleSuite, curve: {} },
    policy: { hasUI: more.hasUI ?? false, ...defaultMethods },
  };
  const { stagedFor } = more;
  const staged = stagedFor === undefined ? undefined : { userID: ascii(stagedFor) };
  const facts = { at: staged === undefined ? "empty" : "staged", staged };
  const core = { ports, store: { facts }, free: { at: "unenrolled" } } as unknown as Core;
  const installed = new InstalledCredentials(clock);
  const link = { secure: more.secure ?? true };
  const connection = { link, nextExchange: () => 1, installed } as unknown as Connection;
  const take = (message: ReturnType<typeof request>): unknown => install(core, connection, message);
  return { clock, installed, take };
}

describe("credentials that are installed (SEC-04, C-19)", () => {
  it("are wiped at once when the device does not take them", () => {
    for (const { installed, take } of [atPNE({ hasUI: true }), atPNE({ secure: false })]) {
      const message = request();
      take(message);
      assert.ok(all(message.body.w0, 0) && all(message.body.w1, 0) && all(message.octets, 0));
      assert.equal(installed.take(), undefined);
    }
  });

  it("are held once, and wiped when others take their place or the time is over", () => {
    const { clock, installed, take } = atPNE({});
    const [first, second] = [request(), request()];
    take(first);
    assert.ok(all(first.octets, 0), "the message itself is kept nowhere");
    assert.ok(all(first.body.w0, 7));
    take(second);
    assert.ok(all(first.body.w0, 0) && all(first.body.w1, 0));
    clock.advance(installedLifetime);
    assert.ok(all(second.body.w0, 0) && all(second.body.w1, 0));
    assert.equal(installed.take(), undefined);
  });

  it("take the place of nobody else's key that is staged: it may be committed, and only its acknowledgement lost", () => {
    const message = request();
    const { installed, take } = atPNE({ stagedFor: "bob" });
    take(message);
    assert.equal(installed.take(), undefined);
    assert.ok(all(message.body.w0, 0));
    const own = atPNE({ stagedFor: "alice" });
    own.take(request());
    assert.notEqual(own.installed.take(), undefined);
  });
});
