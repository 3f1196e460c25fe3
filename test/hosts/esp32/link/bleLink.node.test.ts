import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BleLink } from "../../../../hosts/esp32/link/bleLink.js";
import type { BleStack, GattServerClass, Notify } from "../../../../hosts/esp32/link/gatt.js";
import { AdType } from "../../../../hosts/esp32/link/service.js";
import { silentLog } from "../../../../src/base/ports.js";
import { Milliseconds } from "../../../../src/base/units.js";
import type { Pairing } from "../../../../src/device/radio.js";
import type { LinkError } from "../../../../src/link/errors.js";
import { serviceUUID } from "../../../../src/link/service.js";
import { AdvertisedState, type GatewayConnection } from "../../../../src/pne/ports.js";
import { ManualClock } from "../../../support/manualClock.js";
import { type MockConnection, MockServer, MockStack } from "./gattServer.js";

const airless = { compared: () => false, pace: () => true, setName() {}, forget() {}, bonds: () => 0 };

class Rig {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly fragments: Uint8Array[] = [];
  takes = true;
  gateway: GatewayConnection | undefined;
  readonly link: BleLink;

  readonly stack = new MockStack();

  constructor(pairing?: Pairing, notify?: Notify) {
    const stack: BleStack = this.stack;
    this.link = new BleLink({
      GattServer: MockServer as unknown as GattServerClass,
      stack: notify === undefined ? stack : { ...airless, notify },
      version: "1.2.3",
      clock: this.clock,
      log: silentLog,
      ...(pairing && { pairing }),
    });
    this.link.start("Kitchen", {
      ready: () => void this.told.push("ready"),
      connected: (gateway) => {
        this.told.push("connected");
        this.gateway = gateway;
        if (this.takes) this.link.advertise(undefined);
        return this.takes;
      },
      received: (fragment) => void this.fragments.push(fragment),
      disconnected: () => {
        this.told.push("disconnected");
        this.gateway = undefined;
        this.link.advertise(AdvertisedState.freeToJoin);
      },
    });
    this.server.ready();
    this.link.advertise(AdvertisedState.needsEnrolment);
  }

  get server(): MockServer {
    return MockServer.last ?? assert.fail("no server");
  }

  turn(ms = 0): void {
    this.clock.advance(Milliseconds(ms));
  }

  /** Connected, MTU exchanged, subscribed. */
  open(mtu = 185): MockConnection {
    const connection = this.server.connect();
    connection.mtu = mtu;
    this.server.subscribe(connection);
    return connection;
  }

  write(fragment: Uint8Array): LinkError | "sent" | undefined {
    let result: LinkError | "sent" | undefined;
    this.gateway?.write(fragment, (error) => {
      assert.equal(result, undefined, "completed twice");
      result = error ?? "sent";
    });
    this.#last = () => result;
    return result;
  }

  #last: () => LinkError | "sent" | undefined = () => undefined;

  get completed(): string | undefined {
    const result = this.#last();
    return typeof result === "object" ? result.code : result;
  }
}

const octets = (length: number): Uint8Array => new Uint8Array(length).fill(7);

describe("BLE: what a PNE advertises", () => {
  it("is its service, its state and its name, in 31 octets each", () => {
    const { server } = new Rig();
    assert.deepEqual(server.advertisement?.services, [serviceUUID]);
    const data = server.response?.[AdType.serviceData128];
    assert.equal(data?.[16], AdvertisedState.needsEnrolment);
    assert.equal(data?.[15], 0xc9, "least significant octet first");
    assert.equal(Buffer.from(server.response?.[AdType.completeName] ?? []).toString(), "Kitchen");
    assert.ok(2 + 17 + 2 + 10 <= 31);
  });

  it("nothing before the stack is up", () => {
    const link = new BleLink({
      GattServer: MockServer as unknown as GattServerClass,
      stack: new MockStack(),
      version: "1.2.3",
      clock: new ManualClock(),
      log: silentLog,
    });
    const nothing = { ready() {}, connected: () => true, received() {}, disconnected() {} };
    link.start("a", nothing);
    link.advertise(AdvertisedState.freeToJoin);
    assert.equal(MockServer.last?.starts, 0);
    MockServer.last?.ready();
    assert.equal(MockServer.last?.onAir, true);
  });

  it("stops when it wants no connection", () => {
    const { link, server } = new Rig();
    link.advertise(undefined);
    assert.equal(server.onAir, false);
  });

  it("is tried again when the stack could not, as it tells nobody", () => {
    const rig = new Rig();
    rig.server.deaf = true;
    rig.link.advertise(AdvertisedState.joined);
    assert.equal(rig.server.onAir, false);
    rig.server.deaf = false;
    rig.turn(2_000);
    assert.equal(rig.server.onAir, true);
  });

  it("often for half a minute after each change, then once a second, without being started anew", () => {
    const rig = new Rig();
    assert.equal(rig.stack.slow, false);
    rig.turn(29_999);
    assert.equal(rig.stack.slow, false);
    const { starts } = rig.server;
    rig.turn(1);
    assert.equal(rig.stack.slow, true);
    rig.turn(3_600_000);
    assert.equal(rig.stack.slow, true);
    assert.equal(rig.server.starts, starts);
    rig.link.advertise(AdvertisedState.needsEnrolment);
    assert.equal(rig.stack.slow, true, "that is no change");
    rig.link.advertise(AdvertisedState.wanting);
    assert.equal(rig.stack.slow, false);
    rig.turn(30_000);
    rig.server.lose(rig.open());
    assert.equal(rig.stack.slow, false, "a link has ended");
  });

  it("goes on by itself when the stack has stopped, and never while a link is there", () => {
    const rig = new Rig();
    rig.turn(30_000);
    const { paces } = rig.stack;
    rig.turn(30_000);
    assert.equal(rig.stack.paces, paces + 1);
    rig.takes = false;
    const connection = rig.server.connect();
    rig.turn(5_000);
    assert.equal(rig.stack.paces, paces + 1);
    rig.server.lose(connection);
    assert.equal(rig.stack.paces, paces + 2);
  });

  it("has the same name in the GAP service, also a later one, as far as 31 octets reach", () => {
    const rig = new Rig();
    assert.equal(rig.stack.name, "Kitchen");
    rig.link.advertise(AdvertisedState.freeToJoin, `${"a".repeat(30)}ü`);
    assert.equal(rig.stack.name, "a".repeat(30));
    rig.link.advertise(AdvertisedState.freeToJoin, "Küche");
    assert.equal(rig.stack.name, "Küche");
  });

  it("tells the firmware's version to who asks (Device Information Service)", () => {
    const { server } = new Rig();
    const service = server.options.services.find(({ uuid }) => uuid === "180a");
    const [one] = service?.characteristics ?? [];
    assert.equal(one?.uuid, "2a26");
    assert.equal(Buffer.from(one?.value ?? []).toString(), "1.2.3");
  });
});

describe("BLE: a connection", () => {
  it("is one for the core once the gateway has subscribed, with the MTU of that moment and of later ones", () => {
    const rig = new Rig();
    const connection = rig.server.connect();
    rig.turn(30);
    assert.deepEqual(rig.told, ["ready"]);
    connection.mtu = 185;
    rig.server.subscribe(connection);
    assert.deepEqual(rig.told, ["ready", "connected"]);
    assert.equal(rig.gateway?.maximumWrite, 182);
    connection.mtu = 247;
    assert.equal(rig.gateway?.maximumWrite, 244);
  });

  it("carries fragments both ways; what is written is looked at after the stack's callback", () => {
    const rig = new Rig();
    const connection = rig.open();
    rig.server.write(connection, Uint8Array.of(1, 2));
    rig.server.write(connection, Uint8Array.of(3));
    assert.deepEqual(rig.fragments, []);
    rig.turn();
    assert.deepEqual(rig.fragments, [Uint8Array.of(1, 2), Uint8Array.of(3)]);
    rig.write(Uint8Array.of(9));
    assert.deepEqual(connection.notified, [Uint8Array.of(9)]);
    assert.equal(rig.completed, "sent");
  });

  it("never gives the stack a fragment that it would cut", () => {
    const rig = new Rig();
    const connection = rig.open(23);
    rig.write(octets(21));
    assert.equal(rig.completed, "link.write");
    assert.equal(connection.notified.length, 0);
  });

  it("counts a completion that is reported within the call, twice and late as one", () => {
    const sent: ((error: number) => void)[] = [];
    const rig = new Rig(undefined, (_tx, _value, done) => {
      sent.push(done);
      done(0);
      done(6);
    });
    rig.open();
    rig.write(octets(5));
    assert.equal(rig.completed, "sent");
    rig.turn(10_000);
    for (const done of sent) done(6);
    assert.equal(rig.completed, "sent");
  });

  it("holds what C will call until it has called it, past our own time-out and the link's end", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    let held: WeakRef<(error: number) => void> | undefined;
    const rig = new Rig(undefined, (_tx, _value, done) => {
      held = new WeakRef(done);
    });
    const connection = rig.open();
    rig.write(octets(5));
    rig.turn(5_000);
    assert.equal(rig.completed, "link.write");
    rig.server.lose(connection);
    rig.turn();
    return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
      collect();
      const complete = held?.deref();
      assert.notEqual(complete, undefined, "collected while C still holds it");
      complete?.(0);
      assert.equal(rig.completed, "link.write");
    });
  });

  it("reports a notification that failed, or that the stack never completes", () => {
    const rig = new Rig();
    const connection = rig.open();
    connection.status = 7;
    rig.write(octets(5));
    assert.equal(rig.completed, "link.write");
    connection.slow = true;
    rig.write(octets(5));
    rig.turn(5_000);
    assert.equal(rig.completed, "link.write");
    for (const complete of connection.pending) complete();
  });

  it("completes what was under way when the link is lost, after the core has heard of the loss", () => {
    const rig = new Rig();
    const connection = rig.open();
    connection.slow = true;
    rig.write(octets(5));
    rig.server.lose(connection);
    assert.equal(rig.told.at(-1), "disconnected");
    assert.equal(rig.completed, "link.closed");
    assert.equal(rig.server.onAir, true);
  });

  it("that the PNE ends is over at once for the core, and the device is found again", () => {
    const rig = new Rig();
    rig.open();
    rig.gateway?.disconnect();
    assert.equal(rig.told.at(-1), "connected");
    rig.turn();
    assert.equal(rig.told.at(-1), "disconnected");
    assert.equal(rig.server.closed, 1);
    rig.turn(2_000);
    assert.equal(rig.server.onAir, true);
  });

  it("that the core does not take is ended", () => {
    const rig = new Rig();
    rig.takes = false;
    rig.open();
    rig.turn();
    assert.equal(rig.server.closed, 1);
  });

  it("is the only one: a second central is let go", () => {
    const rig = new Rig();
    const first = rig.open();
    const second = rig.server.connect();
    assert.equal(second.alive, false);
    assert.equal(first.alive, true);
  });

  it("of a peer that stays silent ends after 10 s, and the device is found again", () => {
    const rig = new Rig();
    const connection = rig.server.connect();
    rig.turn(9_999);
    assert.equal(connection.alive, true);
    rig.turn(1);
    assert.equal(connection.alive, false);
    assert.deepEqual(rig.told, ["ready"]);
    rig.turn(2_000);
    assert.equal(rig.server.onAir, true);
  });

  it("of a peer that unsubscribes ends", () => {
    const rig = new Rig();
    const connection = rig.open();
    rig.server.unsubscribe(connection);
    assert.equal(rig.told.at(-1), "disconnected");
  });

  it("of a peer that floods ends, and what it wrote takes no more memory", () => {
    const rig = new Rig();
    const connection = rig.open();
    for (let i = 0; i < 1_000; i++) rig.server.write(connection, octets(240));
    rig.turn();
    assert.ok(rig.fragments.length <= 16, `${rig.fragments.length}`);
    assert.equal(rig.told.at(-1), "disconnected");
  });

  it("leaves nothing behind: what is written before it is open, or on one that was, is dropped", () => {
    const rig = new Rig();
    const connection = rig.server.connect();
    rig.server.write(connection, Uint8Array.of(1));
    rig.server.subscribe(connection);
    rig.server.write(connection, Uint8Array.of(2));
    rig.server.lose(connection);
    rig.turn();
    assert.deepEqual(rig.fragments, []);
    const next = rig.open();
    rig.server.write(next, Uint8Array.of(3));
    rig.turn();
    assert.deepEqual(rig.fragments, [Uint8Array.of(3)]);
  });

  it("after a thousand others works as the first, with no timer left of any", () => {
    const rig = new Rig();
    const armed = rig.clock.armed;
    for (let i = 0; i < 1_000; i++) {
      const connection = rig.open();
      connection.slow = i % 2 === 0;
      rig.write(octets(20));
      rig.server.write(connection, octets(20));
      if (i % 3 === 0) rig.gateway?.disconnect();
      else if (i % 3 === 1) rig.server.lose(connection);
      else rig.server.unsubscribe(connection);
      rig.turn();
    }
    assert.equal(rig.clock.armed, armed);
    const connection = rig.open();
    rig.write(octets(20));
    assert.equal(rig.completed, "sent");
    assert.equal(connection.notified.length, 1);
  });
});

describe("BLE: security of the link (SEC-02)", () => {
  it("has its bonds counted and forgotten by the stack, which keeps them", () => {
    const { link, stack } = new Rig();
    assert.equal(link.bonds(), 2);
    link.forget();
    assert.deepEqual([link.bonds(), stack.forgotten], [0, 1]);
  });

  const asked: { number: number; answer: (same: boolean) => void }[] = [];
  const pairing: Pairing = {
    compare: (number, answer) => void asked.push({ number, answer }),
    over: () => void asked.splice(0),
  };
  const state = Object.freeze({ encrypted: true, authenticated: true, bonded: true });

  it("is none on a board that cannot compare numbers, which asks for no pairing", () => {
    const rig = new Rig();
    rig.open();
    assert.equal(rig.gateway?.secure, false);
    assert.equal(rig.server.options.security, undefined);
  });

  it("is there once the person has seen the same number on both sides, and the stack has bonded", () => {
    const rig = new Rig(pairing);
    const connection = rig.open();
    rig.server.options.onPasskey?.(connection, "compareNumber", 123_456);
    assert.equal(asked[0]?.number, 123_456);
    asked[0]?.answer(true);
    assert.deepEqual(connection.replies, [["compareNumber", true]]);
    assert.equal(rig.gateway?.secure, false);
    rig.server.options.onSecured?.(connection, state);
    assert.equal(rig.gateway?.secure, true);
  });

  it("is not there when the person says no, or the stack has not authenticated or bonded", () => {
    for (const [same, secured] of [
      [false, state],
      [true, { ...state, authenticated: false }],
      [true, { ...state, bonded: false }],
      [true, { ...state, encrypted: false }],
    ] as const) {
      const rig = new Rig(pairing);
      const connection = rig.open();
      rig.server.options.onPasskey?.(connection, "compareNumber", 1);
      asked[0]?.answer(same);
      rig.server.options.onSecured?.(connection, secured);
      assert.equal(rig.gateway?.secure, false);
      rig.server.lose(connection);
    }
  });

  it("does not come from a passkey, which the SDK draws from a weak generator and legacy pairing takes too", () => {
    const rig = new Rig(pairing);
    const connection = rig.open();
    rig.server.options.onPasskey?.(connection, "display", 123_456);
    assert.equal(connection.alive, false);
  });

  it("does not come from a stack that says secured without having asked", () => {
    const rig = new Rig(pairing);
    const connection = rig.open();
    rig.server.options.onSecured?.(connection, state);
    assert.equal(rig.gateway?.secure, false);
  });

  it("is not there, nor is the link, when the peer has given up before the person says yes", () => {
    const rig = new Rig(pairing);
    const connection = rig.open();
    rig.server.options.onPasskey?.(connection, "compareNumber", 7);
    connection.pairing = false;
    asked[0]?.answer(true);
    assert.equal(connection.alive, false);
    assert.equal(asked.length, 0);
    rig.open();
    assert.equal(rig.gateway?.secure, false);
  });

  it("is there by a bond that was compared before, and by no other", () => {
    for (const bond of [true, false]) {
      const rig = new Rig(pairing);
      const connection = rig.open();
      rig.stack.bond = bond;
      rig.server.options.onSecured?.(connection, state);
      assert.equal(rig.gateway?.secure, bond);
      rig.server.lose(connection);
      rig.stack.bond = false;
      rig.open();
      assert.equal(rig.gateway?.secure, false, "the next link has to show it again");
    }
  });

  it("is none on a board that cannot compare, whatever the stack has kept", () => {
    const rig = new Rig();
    const connection = rig.open();
    rig.stack.bond = true;
    rig.server.options.onSecured?.(connection, state);
    assert.equal(rig.gateway?.secure, false);
  });

  it("may take its time: nobody is let go while a person compares, and ten seconds are left afterwards", () => {
    const rig = new Rig(pairing);
    const connection = rig.server.connect();
    rig.turn(9_000);
    rig.server.options.onPasskey?.(connection, "compareNumber", 1);
    rig.turn(25_000);
    assert.equal(connection.alive, true);
    asked[0]?.answer(true);
    rig.turn(9_999);
    assert.equal(connection.alive, true);
    rig.turn(1);
    assert.equal(connection.alive, false);
  });

  it("leaves no such time to a link that has been opened meanwhile", () => {
    const rig = new Rig(pairing);
    const connection = rig.open();
    rig.server.options.onPasskey?.(connection, "compareNumber", 1);
    asked[0]?.answer(true);
    rig.turn(60_000);
    assert.equal(connection.alive, true);
  });

  it("dies with the link: an answer that comes late is nobody's", () => {
    const rig = new Rig(pairing);
    const connection = rig.open();
    rig.server.options.onPasskey?.(connection, "compareNumber", 5);
    const answer = asked[0]?.answer;
    rig.server.lose(connection);
    assert.equal(asked.length, 0);
    rig.open();
    answer?.(true);
    assert.equal(rig.gateway?.secure, false);
  });
});
