import assert from "node:assert/strict";
import { type Log, silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { Fragmenter } from "../../src/link/fragment.js";
import { Connection } from "../../src/pne/connection.js";
import type { PnePorts } from "../../src/pne/ports.js";
import { entityDiscoveryResponse } from "../../src/protocols/discovery/messages.js";
import { euKeyAssignmentTrigger } from "../../src/protocols/temporaryKey/messages.js";
import { ManualClock } from "../support/manualClock.js";
import { MemoryStore } from "../support/memoryStore.js";

function connected(log: Log = silentLog): { readonly connection: Connection; readonly ended: () => number } {
  const clock = new ManualClock();
  let ends = 0;
  const ports: PnePorts = {
    suite: nobleSuite,
    random: { fill: (into) => into.fill(7) },
    clock,
    log,
    flash: new MemoryStore(),
    radio: { advertise: () => {} },
    policy: {
      hasUI: true,
      secureMethods: [],
      insecureMethods: [],
      localEUKeyCriterion: "r01",
      reachable: true,
      acceptInvitations: false,
    },
    pace: { iterations: 1, pause: Milliseconds(1) },
    notify: () => {},
  };
  const link = {
    secure: false,
    maximumWrite: 182,
    write: (_: Uint8Array, sent: () => void) => sent(),
    disconnect: () => {
      ends++;
    },
  };
  const connection = new Connection(ports, link, () => {});
  connection.discover(Uint8Array.of(1), 0, () => {}, true);
  const body = { entityID: Uint8Array.of(2), serverID: Uint8Array.of(3) };
  const answer = new Fragmenter(encodeMessage(entityDiscoveryResponse, 1, body), 0).next(182);
  if (answer !== undefined) connection.fragment(answer);
  return { connection, ended: () => ends };
}

describe("the PNE's connection", () => {
  it("is idle once the gateway is known (PNI-00)", () => {
    assert.equal(connected().connection.idle, true);
  });

  it("is not idle while it is about to end: nothing may be begun on it any more", () => {
    const { connection, ended } = connected();
    connection.disconnect();
    assert.equal(ended(), 1);
    assert.equal(connection.idle, false);
    assert.equal(connection.busy, false);
  });

  it("keeps four of what the gateway asks for at once, and drops the fifth", () => {
    const dropped: unknown[] = [];
    const { connection } = connected({
      event: (name, fields) => {
        if (name === "pne.pushDropped") dropped.push(fields);
      },
    });
    const asks = (exchange: number): void => {
      const octets = encodeMessage(euKeyAssignmentTrigger, exchange, {});
      connection.fragment(new Fragmenter(octets, exchange).next(182) ?? assert.fail());
    };
    for (let n = 1; n <= 4; n++) asks(n);
    assert.deepEqual(dropped, []);
    asks(5);
    assert.deepEqual(dropped, [{ code: "busy" }]);
  });
});
