import assert from "node:assert/strict";
import { Method } from "../../src/codec/methods.js";
import { a, at, type Body, H, HMAC, openRecord, pairKeys, type Seen } from "./protocolPage.js";
import { Run } from "./recordedRun.js";

const fields = (seen: Seen | undefined): number[] => [...(seen?.body.keys() ?? [])];

for (const [method, number] of [
  ["spake2plus", Method.spake2plus],
  ["scram", Method.scram],
] as const)
  describe(`a run with method ${method}, recomputed from docs/PROTOCOL.md alone`, () => {
    const run = new Run(number);
    before(() => run.play());

    it("has the PN GW proven by its owner's User ID and password, and its EUKey under a key of these (EUK-GW-07, EUK-GW-08, EUK-GW-09, EUK-GW-11, EUK-GW-12)", () => {
      assert.deepEqual(at(run.own[0] as Seen, 2), a("operator"));
      assert.equal(run.gatewayKey().length, 32);
    });

    it("has a ConnectRequest with Entity ID and RAND, and an AuthenticateRequest with RAND (GWA-04, GWA-05, GWA-06, GWA-07, C-39)", () => {
      const [connect, request, response, accept] = run.own.slice(8, 12);
      assert.deepEqual([connect?.type, request?.type, response?.type, accept?.type], [13, 14, 15, 16]);
      assert.deepEqual(fields(connect), [1, 4]);
      assert.deepEqual(at(connect as Seen, 1), run.gateway);
      assert.equal(at(connect as Seen, 4).length, 32);
      assert.deepEqual(fields(request), [4, 10], "RAND, and what names the exchange");
      assert.equal(at(request as Seen, 4).length, 32);
      assert.deepEqual([fields(response), fields(accept)], [[5, 10], [5]]);
    });

    it("has a session of PN GW and Server from both RANDs and the EUKey, and both HASHes (GWA-08, GWA-09, GWA-10, GWA-11, GWA-12, GWA-13, C-06)", () => {
      assert.ok(run.secrets.has(run.gatewaySession().sk.toString("hex")));
      assert.ok(run.backhaul().length > 4);
    });

    it("has the PNE proven by User ID and password, and its EUKey under a key of these (EUK-UI-07, EUK-UI-15, EUK-UI-18, EUK-UI-19)", () => {
      assert.deepEqual(at(run.the(5), 2), a("alice"));
      assert.equal(run.euKey().length, 32);
    });

    it("has Key Request and Key Delivery passed on by the PN GW octet for octet (EUK-UI-03, EUK-UI-04, EUK-UI-08, EUK-UI-13, EUK-UI-20)", () => {
      const relayed = run.backhaul().filter((one) => one.type === 28);
      const octets = relayed.map((one) => at(one, 21).toString("hex"));
      const legs = run.of(5, 6, 7, 8, 9, 10, 11, 12);
      for (const leg of legs) assert.ok(octets.includes(leg.octets.toString("hex")), `type ${leg.type}`);
      assert.deepEqual(
        legs.map(({ type }) => type),
        method === "scram" ? [5, 6, 9, 10, 11, 12] : [5, 6, 7, 8, 9, 10, 11, 12],
      );
    });

    it("has one LocalEUKey in both wrapped copies (PNI-05a, C-25)", () => {
      const answer = run.backhaul().find((one) => one.type === 25);
      const members = answer?.body.get(17) as Body[];
      const copy = Buffer.from(members[0]?.get(27) as Uint8Array);
      const { wrap } = pairKeys("CPNS-EUK-v1", run.gatewayKey(), run.gateway);
      assert.deepEqual(run.unwrap(wrap, "gw", copy), run.localKey());
    });

    it("has a session of PNE and PN GW from the LocalEUKey, and both HASHes (PNI-06d, C-15)", () => {
      assert.ok(run.secrets.has(run.linkSession().sk.toString("hex")));
    });

    it("has a session of PNE and Server, hash_PNE and hash_server (PNI-08, PNI-12a, PNI-12b, PNI-14a, C-05)", () => {
      const sk = run.serverSession();
      assert.ok(run.secrets.has(sk.toString("hex")));
      const { auth } = pairKeys("CPNS-EUK-v1", run.euKey(), run.pne);
      const [response, established] = run.inside();
      assert.ok(response && established);
      const hashPNE = HMAC(auth, a("pne"), run.context, H(a("sk"), sk));
      assert.deepEqual(at(response, 5), hashPNE);
      const hashServer = HMAC(auth, a("srv"), run.context, H(a("sk"), sk), hashPNE, H(at(established, 16)));
      assert.deepEqual(at(established, 5), hashServer);
    });

    it("has data to the Server in records that the PN GW cannot read, and data to the PN GW in the link's", () => {
      const sk = run.serverSession();
      const [toServer, fromServer, toGateway, fromGateway] = run.inside().slice(2);
      assert.ok(toServer && fromServer && toGateway && fromGateway);
      assert.equal(openRecord(sk, "i2r", at(toServer, 21)).toString(), "to the server");
      assert.equal(openRecord(sk, "r2i", at(fromServer, 21)).toString(), "Server got: to the server");
      assert.equal(at(toGateway, 21).toString(), "to the gateway");
      assert.equal(at(fromGateway, 21).toString(), "Gateway got: to the gateway");
    });
  });
