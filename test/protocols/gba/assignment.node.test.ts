import assert from "node:assert/strict";
import type { UbTamper } from "../../../hosts/simulator/operator/operator.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { fromServer } from "../../../src/catalogue/legs.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { KeyOrigin } from "../../../src/keystore/schemas.js";
import { euKeyAssignmentRequestGba } from "../../../src/protocols/gba/messages.js";
import { ended } from "../../support/ended.js";
import { outcome, TestNetwork } from "../../support/network.js";

/** A PN GW with a UICC; the devices are on. */
const withUicc = (lifetime = Seconds(86_400)): Promise<TestNetwork> =>
  new TestNetwork({ operator: { lifetime } }).start();

function committed(net: TestNetwork) {
  const name = hex(net.network.gatewayID);
  return net.network.serverStore.rows().entities.find(([id]) => id === name)?.[1].committed;
}

async function bootstrap(net: TestNetwork, tamper: UbTamper = {}): Promise<string> {
  const { operator, gateway } = net.network;
  assert.ok(operator);
  // The BSF counts seconds, and only what is younger is taken.
  await net.clock.runFor(Milliseconds(1_000));
  operator.tamper = tamper;
  let told: string | undefined;
  gateway.command({ kind: "bootstrap" }, (outcome) => {
    told = ended(outcome, "assigned");
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  operator.tamper = {};
  return told ?? "nothing";
}

describe("the PN GW's EUKey by GBA_U", () => {
  it("is Ks_ext_NAF at the PN GW, and the Server fetches the same (EUK-GW-01, EUK-GW-02, EUK-GW-03, C-22)", async () => {
    const net = await withUicc();
    const own = net.network.gateway.keys.committed;
    assert.ok(own);
    assert.equal(own.origin, KeyOrigin.gba);
    assert.deepEqual(committed(net)?.key, own.key);
    assert.deepEqual(committed(net)?.id, own.id);
    assert.equal(committed(net)?.origin, "gba");
    assert.equal(own.expiresAt, committed(net)?.expiresAt);
  });

  it("carries PNEs: one enrols and joins through this PN GW (GWA-03)", async () => {
    const net = await withUicc();
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("is renewed by itself when it expires, and PNEs go on (C-21)", async () => {
    const net = await withUicc(Seconds(3600));
    assert.equal(outcome(await net.enrol()), "enrolled");
    const first = committed(net)?.id;
    await net.clock.runFor(Milliseconds(3_700_000));
    assert.equal(outcome(await net.join()), "joined");
    assert.notDeepEqual(committed(net)?.id, first);
  });

  it("resynchronises a UICC that is ahead of the network (TS 33.102, 6.3.5)", async () => {
    const net = await withUicc();
    net.network.operator?.usim.advance(33 * 5_000);
    assert.equal(await bootstrap(net), "assigned");
    assert.ok((net.network.operator?.usim.sqn ?? 0) > 33 * 5_000);
  });

  it("is not used where there is no UICC: User ID and password serve (EUK-GW-04)", async () => {
    const net = await new TestNetwork().start();
    assert.equal(committed(net)?.origin, "password");
    let code: string | undefined;
    net.network.gateway.command({ kind: "bootstrap" }, (outcome) => {
      code = ended(outcome);
    });
    assert.equal(code, "gba.noUicc");
  });

  it("takes the place of a key by password as soon as there is a UICC, before anything is carried (EUK-GW-01, C-35)", async () => {
    const before = await new TestNetwork().enrolled();
    assert.equal(committed(before)?.origin, "password");
    const net = await new TestNetwork({ after: before, operator: { lifetime: Seconds(86_400) } }).boot();
    assert.equal(net.network.gateway.keys.committed?.origin, KeyOrigin.password, "nothing was asked yet");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(net.network.gateway.keys.committed?.origin, KeyOrigin.gba);
    assert.equal(committed(net)?.origin, "gba");
  });

  it("is not given up for a password while the UICC is in, neither when its operator is away nor when a person types one (C-35)", async () => {
    const before = await new TestNetwork().enrolled();
    const net = await new TestNetwork({ after: before, operator: { lifetime: Seconds(86_400) } }).boot();
    assert.ok(net.network.operator);
    net.network.operator.tamper = { request: () => undefined };
    assert.equal(outcome(await net.join()), "result.serverUnreachable");
    assert.equal(committed(net)?.origin, "password", "the key stands, and is not used");
    const password = ascii("operator's own password");
    let told = "";
    net.network.gateway.command({ kind: "enrol", userID: ascii("operator"), password }, (over) => {
      told = ended(over);
    });
    assert.equal(told, "gba.decides");
    assert.ok(password.every((octet) => octet === 0));
  });

  it("goes with the UICC: a person who takes that out gives User ID and password anew (EUK-GW-04, C-35)", async () => {
    const before = await withUicc();
    assert.equal(outcome(await before.enrol()), "enrolled");
    const net = await new TestNetwork({ after: before }).boot();
    assert.equal(outcome(await net.join()), "result.gatewayNotEnrolled");
    let told = "";
    const credentials = { userID: ascii("operator"), password: ascii("operator's own password") };
    net.network.gateway.command({ kind: "enrol", ...credentials }, (over) => {
      told = ended(over);
    });
    await net.clock.runFor(Milliseconds(5_000));
    assert.equal(told, "done");
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(committed(net)?.origin, "password");
  });

  it("comes and goes with the UICC, as often as that is put in and taken out; a key by password stands until a SIM has given one (EUK-GW-01, C-35)", async () => {
    const operator = { lifetime: Seconds(86_400) };
    const origins = (net: TestNetwork) => [
      net.network.gateway.keys.committed?.origin,
      committed(net)?.origin,
    ];
    const [password, sim] = [
      [KeyOrigin.password, "password"],
      [KeyOrigin.gba, "gba"],
    ];
    let net = await new TestNetwork().enrolled();
    // In, and out again before its operator was reached: the key by password serves as before.
    net = await new TestNetwork({ after: net, operator }).boot();
    if (net.network.operator) net.network.operator.tamper = { request: () => undefined };
    assert.equal(outcome(await net.join()), "result.serverUnreachable");
    net = await new TestNetwork({ after: net }).boot();
    assert.equal(outcome(await net.join()), "joined");
    assert.deepEqual(origins(net), password);
    for (let round = 0; round < 2; round++) {
      net = await new TestNetwork({ after: net, operator }).boot();
      await net.clock.runFor(Milliseconds(2_000));
      assert.equal(outcome(await net.join()), "joined", `in ${round}`);
      assert.deepEqual(origins(net), sim);
      net = await new TestNetwork({ after: net }).boot();
      assert.equal(outcome(await net.join()), "result.gatewayNotEnrolled", `out ${round}`);
      const credentials = { userID: ascii("operator"), password: ascii("operator's own password") };
      net.network.gateway.command({ kind: "enrol", ...credentials });
      await net.clock.runFor(Milliseconds(5_000));
      assert.equal(outcome(await net.join()), "joined", `by password ${round}`);
      assert.deepEqual(origins(net), password);
    }
  });

  it("is its subscriber's, who owns the PN GW then (EUK-GW-03, C-35)", async () => {
    const net = await new TestNetwork({ operator: { lifetime: Seconds(86_400), userID: "bob" } }).start();
    const name = hex(net.network.gatewayID);
    assert.deepEqual(net.network.serverStore.get("entities", name)?.userID, ascii("bob"));
    assert.equal(outcome(await net.enrol()), "enrolled");
    assert.equal(outcome(await net.join()), "joined");
  });

  it("is renewed when the Server has lost it", async () => {
    const net = await withUicc();
    assert.equal(outcome(await net.enrol()), "enrolled");
    await net.network.serverStore.transaction(async (tables) => {
      await tables.entities.delete(hex(net.network.gatewayID));
      for (const [sid] of net.network.serverStore.all("gatewaySessions"))
        await tables.gatewaySessions.delete(sid);
    });
    assert.equal(outcome(await net.join()), "joined");
    assert.equal(committed(net)?.origin, "gba");
  });
});

describe("what goes wrong on the way to the BSF leaves the old key as it was", () => {
  const text = (from: RegExp, to: string): UbTamper => ({
    response: (answer) => ({
      ...answer,
      body: answer.body.replace(from, to),
      headers: Object.fromEntries(Object.entries(answer.headers).map(([k, v]) => [k, v.replace(from, to)])),
    }),
  });
  /** One bit of the challenge. */
  const flipped = (octet: number): UbTamper => ({
    response: (answer) => {
      const header = answer.headers["www-authenticate"];
      if (header === undefined) return answer;
      const changed = header.replace(/nonce="([^"]*)"/, (_, nonce: string) => {
        const octets = Buffer.from(nonce, "base64");
        octets[octet] = (octets[octet] ?? 0) ^ 1;
        return `nonce="${octets.toString("base64")}"`;
      });
      return { ...answer, headers: { "www-authenticate": changed } };
    },
  });
  const faults: Readonly<Record<string, readonly [UbTamper, RegExp]>> = {
    "a lost request": [{ request: () => undefined }, /^gba\.unreachable$/],
    "a lost answer": [{ response: () => undefined }, /^gba\.unreachable$/],
    "a lost last answer": [
      { response: (answer) => (answer.status === 200 ? undefined : answer) },
      /^gba\.unreachable$/,
    ],
    "an altered AUTN": [flipped(20), /^gba\.mac$/],
    "an altered RAND": [flipped(3), /^gba\.mac$/],
    "another algorithm": [text(/AKAv1-MD5/, "MD5"), /^gba\.answer$/],
    "weaker protection": [text(/qop=auth-int/, "qop=auth"), /^gba\.answer$/],
    "a forged answer": [text(/<btid>./, "<btid>X"), /^gba\.digest$/],
    "no proof of the BSF": [text(/rspauth="../, 'rspauth="00'), /^gba\.digest$/],
    "a longer lifetime": [text(/<lifetime>2026/, "<lifetime>2036"), /^gba\.digest$/],
    "a wrong RES": [
      {
        request: ({ headers, ...rest }) => ({
          ...rest,
          headers: { authorization: (headers.authorization ?? "").replace(/response="../, 'response="00') },
        }),
      },
      /^gba\.(digest|answer)$/,
    ],
    "another subscriber": [
      {
        request: ({ headers, ...rest }) => ({
          ...rest,
          headers: { authorization: (headers.authorization ?? "").replace("0010101", "0020202") },
        }),
      },
      /^gba\.(digest|answer)$/,
    ],
    "a BSF that only challenges": [
      {
        request: ({ headers, ...rest }) => ({
          ...rest,
          headers: { authorization: (headers.authorization ?? "").replace(/nonce="[^"]*"/, 'nonce=""') },
        }),
      },
      /^gba\.(sync|answer)$/,
    ],
  };
  for (const [name, [tamper, code]] of Object.entries(faults)) {
    it(name, async () => {
      const net = await withUicc();
      const before = net.network.gateway.keys.committed?.id;
      assert.match(await bootstrap(net, tamper), code);
      assert.deepEqual(net.network.gateway.keys.committed?.id, before);
      assert.equal(outcome(await net.enrol()), "enrolled", "the old key still serves");
      assert.equal(await bootstrap(net), "assigned");
    });
  }
});

describe("who presents a B-TID to the Server (EUK-GW-03)", () => {
  const ask = async (net: TestNetwork, entityID: Uint8Array, bTID: string, hash: Uint8Array) =>
    fromServer.decode(
      await net.network.server.handle(encodeMessage(euKeyAssignmentRequestGba, 1, { entityID, bTID, hash })),
    ).name;

  /** The request of a bootstrapping, as somebody on the way heard it. */
  async function heard(net: TestNetwork): Promise<Uint8Array> {
    let request: Uint8Array | undefined;
    net.network.backhaul.tamper = (octets, direction) => {
      if (direction === "toServer" && octets[2] === 0x18 && octets[3] === 56) request = octets.slice();
      return octets;
    };
    assert.equal(await bootstrap(net), "assigned");
    net.network.backhaul.tamper = undefined;
    assert.ok(request);
    return request;
  }

  it("without holding the key gets none", async () => {
    const net = await withUicc();
    const request = await heard(net);
    const before = committed(net)?.id;
    const { body } = (await import("../../../src/catalogue/legs.js")).toServerPlain.decode(
      request,
    ) as never as {
      body: { bTID: string; hash: Uint8Array };
    };
    const id = net.network.gatewayID;
    assert.equal(await ask(net, id, body.bTID, new Uint8Array(16)), "Failure");
    assert.equal(
      await ask(net, ascii("gateway-02"), body.bTID, body.hash),
      "Failure",
      "bound to the Entity ID",
    );
    assert.equal(await ask(net, id, `AAAA${body.bTID}`, body.hash), "Failure");
    assert.deepEqual(committed(net)?.id, before);
  });

  it("for the Entity ID of a device that a factory has made gets none (C-12)", async () => {
    const net = await withUicc();
    const before = committed(net)?.id;
    const device = { temporaryKey: new Uint8Array(32) };
    const name = hex(net.network.gatewayID);
    await net.network.serverStore.transaction((tables) => tables.devices.put(name, device));
    assert.equal(await bootstrap(net), "result.refused");
    assert.deepEqual(committed(net)?.id, before);
    await net.network.serverStore.transaction((tables) => tables.devices.delete(name));
    assert.equal(await bootstrap(net), "assigned");
  });

  it("by replaying an older request does not bring an older key back", async () => {
    const net = await withUicc();
    const old = await heard(net);
    await net.clock.runFor(Milliseconds(5_000));
    assert.equal(await bootstrap(net), "assigned");
    const before = committed(net)?.id;
    assert.equal(fromServer.decode(await net.network.server.handle(old)).name, "Failure");
    assert.deepEqual(committed(net)?.id, before);
  });

  it("after the B-TID's time gets none (C-21)", async () => {
    const net = await withUicc(Seconds(60));
    const request = await heard(net);
    await net.clock.runFor(Milliseconds(70_000));
    assert.equal(fromServer.decode(await net.network.server.handle(request)).name, "Failure");
  });
});
