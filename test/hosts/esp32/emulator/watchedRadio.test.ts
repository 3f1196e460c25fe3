import assert from "node:assert/strict";
import { WatchedRadio } from "../../../../hosts/esp32/emulator/watchedRadio.js";
import type { LinkEvents, RadioDriver } from "../../../../src/device/radio.js";
import { AdvertisedState } from "../../../../src/link/service.js";
import type { GatewayConnection } from "../../../../src/pne/ports.js";

describe("a radio with a test's eye on its link", () => {
  let told: string[];
  let events: LinkEvents;
  let radio: WatchedRadio;

  beforeEach(() => {
    told = [];
    const own: RadioDriver = {
      start: (name, given) => {
        told.push(`start ${name}`);
        events = given;
      },
      advertise: (state, name) => void told.push(`advertise ${state} ${name}`),
      forget: () => void told.push("forget"),
      bonds: () => 2,
    };
    radio = new WatchedRadio(own);
    radio.start("Lamp", {
      ready: () => void told.push("ready"),
      connected: (link) => {
        told.push(`connected ${link.maximumWrite}`);
        return link.secure;
      },
      received: (fragment) => void told.push(`received ${[...fragment]}`),
      disconnected: () => void told.push("disconnected"),
    });
  });

  const link = (secure: boolean): GatewayConnection => ({
    secure,
    maximumWrite: 100,
    write() {},
    disconnect() {},
  });

  it("hands everything on, both ways", () => {
    radio.advertise(AdvertisedState.joined, "Door");
    assert.equal(radio.bonds(), 2);
    radio.forget();
    events.ready();
    assert.equal(events.connected(link(true)), true);
    assert.equal(events.connected(link(false)), false);
    events.received(Uint8Array.of(1, 2));
    events.disconnected();
    assert.deepEqual(told, [
      "start Lamp",
      `advertise ${AdvertisedState.joined} Door`,
      "forget",
      "ready",
      "connected 100",
      "connected 100",
      "received 1,2",
      "disconnected",
    ]);
  });

  it("sees whether there is a link, how secure it is and what it carries", () => {
    assert.deepEqual(radio.link, { linked: false, secure: false, maximumWrite: 0 });
    events.connected(link(true));
    assert.deepEqual(radio.link, { linked: true, secure: true, maximumWrite: 100 });
    events.disconnected();
    assert.deepEqual(radio.link, { linked: false, secure: false, maximumWrite: 0 });
  });
});
