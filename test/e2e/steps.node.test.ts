import assert from "node:assert/strict";
import * as cborg from "cborg";
import { Milliseconds } from "../../src/base/units.js";
import { Family } from "../support/family.js";
import { bodiesOf, type Heard, key, Onlooker, octetsOf } from "./onlooker.js";
import { a, at, type Body, directPair, H, HKDF, HMAC, lp, open, pairKeys } from "./protocolPage.js";

/**
 * Every step of a PN establishment (S4 5.2.1.1 and 5.2.1.2), by the messages that carry it: what is in each, for whom,
 * and in which order. Values are computed by node:crypto and cborg; nothing of src/ but the network that is watched.
 */

const gateway = a("gateway-01");
const server = a("cpns.example");
const devices = [
  Family.spec("kitchen"),
  Family.spec("hall"),
  Family.spec("cellar"),
  Family.spec("sensor", { keypad: "none", secure: true }),
];
const withUI = ["kitchen", "hall", "cellar"];
const all = [...withUI, "sensor"];

/** Capability bits: enough UI to type a User ID and password; connected while idle, so that it can be invited (C-31). */
const ui = 1;
const reachable = 2;

const info = (octets: Buffer): Body => cborg.decode(octets, { useMaps: true }) as Body;

/** Of a PN of all four: what they said, and from it the context of each. */
class Steps {
  readonly net: Family;
  readonly ear = new Onlooker();
  readonly byGateway: boolean;

  constructor(byGateway: boolean) {
    this.byGateway = byGateway;
    this.net = new Family(devices, { keylog: this.ear.keylog });
    this.ear.watch(this.net);
  }

  async run(): Promise<this> {
    await this.net.ready();
    this.ear.heard.length = 0;
    if (this.byGateway) this.net.network.gateway.command({ kind: "createPN", who: "all" });
    else this.net.command("kitchen", { kind: "createPN", who: "all", alias: "Family" });
    await this.net.pass(2);
    for (const id of withUI) {
      if (this.byGateway || id !== "kitchen") this.net.command(id, { kind: "acceptInvitation" });
      await this.net.clock.runFor(Milliseconds(400));
    }
    await this.net.pass(10);
    return this;
  }

  one(type: number, device?: string): Heard {
    const [first, ...more] = this.ear.of(type, device);
    assert.ok(first, `no message of type ${type}`);
    assert.equal(more.length, 0, `more than one of type ${type}`);
    return first;
  }

  id(device: string): Buffer {
    return Buffer.from(this.net.id(device), "hex");
  }

  initiator(device: string): boolean {
    return !this.byGateway && device === "kitchen";
  }

  /** The message with which this one takes part: it carries PNEInfo and rand_PNE. */
  takesPart(device: string): Heard {
    if (this.byGateway) return this.one(44, device);
    return this.initiator(device) ? this.one(17, device) : this.one(41, device);
  }

  /** What ends it for this one: inventory and hash_server. */
  verdict(device: string): Heard {
    return this.initiator(device) ? this.one(18, device) : this.one(42, device);
  }

  member(message: Heard, device: string): Body {
    const own = bodiesOf(message.body, key.members).find((one) =>
      octetsOf(one, key.entityID).equals(this.id(device)),
    );
    assert.ok(own, `${device} is not among the members`);
    return own;
  }

  get pnID(): Buffer {
    return at(this.one(24), key.pnID);
  }

  get randServer(): Buffer {
    return at(this.one(25), key.rand);
  }

  context(device: string): Buffer {
    const part = this.takesPart(device);
    const flags = (device === "sensor" ? 0 : 1) | (this.initiator(device) ? 2 : 0);
    return Buffer.concat([
      ...[lp(this.pnID), lp(this.id(device)), lp(gateway), lp(server)],
      ...[H(at(part, key.pneInfo)), Buffer.of(flags), at(part, key.rand), this.randServer],
    ]);
  }

  /** A wrapped copy of a LocalEUKey, opened. */
  unwrap(device: string, role: "pne" | "gw"): Buffer {
    const entry = this.member(this.one(25), device);
    const owner = role === "pne" ? this.id(device) : gateway;
    const { wrap } = pairKeys("CPNS-EUK-v1", this.ear.euKey(owner), owner);
    const copy = octetsOf(entry, role === "pne" ? key.wrappedKey : key.gatewayCopy);
    const terms = Buffer.alloc(12);
    terms.writeUInt32BE(entry.get(key.keyID) as number, 0);
    terms.writeBigUInt64BE(BigInt(entry.get(key.expiresAt) as number), 4);
    const aad = Buffer.concat([a("LEU"), a(role), this.context(device), terms]);
    return open(wrap, copy.subarray(0, 12), copy.subarray(12), aad);
  }

  /** SK and hash_PNE of PNE and Server. */
  proof(device: string): { readonly sk: Buffer; readonly hash: Buffer } {
    const keys = pairKeys("CPNS-EUK-v1", this.ear.euKey(this.id(device)), this.id(device));
    const salt = Buffer.concat([at(this.takesPart(device), key.rand), this.randServer]);
    const sk = HKDF(salt, keys.sess, Buffer.concat([a("CPNS SK"), this.context(device)]), 32);
    return { sk, hash: HMAC(keys.auth, a("pne"), this.context(device), H(a("sk"), sk)) };
  }

  hashServer(device: string, inventory: Buffer): Buffer {
    const { auth } = pairKeys("CPNS-EUK-v1", this.ear.euKey(this.id(device)), this.id(device));
    const { sk, hash } = this.proof(device);
    return HMAC(auth, a("srv"), this.context(device), H(a("sk"), sk), hash, H(inventory));
  }

  /** Where the first message of this type to or from the device stands among all. */
  when(type: number, device?: string): number {
    const at = this.ear.heard.findIndex(
      (one) => one.type === type && (device === undefined || one.device === device),
    );
    assert.ok(at >= 0, `${type} of ${device}`);
    return at;
  }
}

/** Step 4 to 13 of PNI, 5 to 14 of GWI, which are the same but for who begins. */
function common(steps: Steps): void {
  const told = (device: string): Heard => steps.one(19, device);

  for (const device of all) {
    const entry = (): Body => {
      const rand = at(steps.takesPart(device), key.rand);
      const found = bodiesOf(steps.one(24).body, key.members).find((one) =>
        octetsOf(one, key.rand).equals(rand),
      );
      assert.ok(found, `${device} is not in the PNRegistrationRequest`);
      return found;
    };
    it(`registers ${device} with its PNEInfo as it was sent and its random number (PNI-04b, GWI-05b)`, () => {
      assert.deepEqual(octetsOf(entry(), key.pneInfo), at(steps.takesPart(device), key.pneInfo));
      assert.equal(entry().get(key.flags), steps.initiator(device) ? 2 : 0);
    });
  }

  it("tells the Server the PN ID and the type that was asked for (PNI-04b, GWI-05b)", () => {
    const { body } = steps.one(24);
    assert.equal(steps.pnID.length, 16);
    assert.equal(body.get(key.setupType), 1, "all");
    assert.equal(bodiesOf(body, key.members).length, 4);
  });

  it("makes a LocalEUKey for each that asks, and copies for it and the PN GW (PNI-05a, GWI-06a)", () => {
    const keys = withUI.map((device) => {
      const local = steps.unwrap(device, "pne");
      assert.deepEqual(steps.unwrap(device, "gw"), local, device);
      assert.equal(local.length, 32);
      return local.toString("hex");
    });
    assert.equal(new Set(keys).size, withUI.length, "no two devices have the same");
    assert.equal(steps.member(steps.one(25), "sensor").has(key.gatewayCopy), false);
  });

  it("answers with rand_server, the PN ID, and both copies of every key (PNI-05b, GWI-06b)", () => {
    const { body } = steps.one(25);
    assert.equal(octetsOf(body, key.rand).length, 32);
    assert.deepEqual(octetsOf(body, key.pnID), steps.pnID);
    for (const device of withUI) {
      const member = steps.member(steps.one(25), device);
      assert.equal(octetsOf(member, key.wrappedKey).length, 60);
      assert.equal(octetsOf(member, key.gatewayCopy).length, 60);
    }
  });

  const relays = (device: string): void => {
    const { body } = told(device);
    const names = [key.pnID, key.rand, key.wrappedKey, key.keyID, key.expiresAt, 24];
    assert.deepEqual(
      [...body.keys()].sort((one, other) => one - other),
      names,
    );
    assert.deepEqual(octetsOf(body, key.rand), steps.randServer);
    assert.deepEqual(
      octetsOf(body, key.wrappedKey),
      octetsOf(steps.member(steps.one(25), device), key.wrappedKey),
    );
  };

  it("sends the first of the PNEs its own key and rand_server only (PNI-06b, GWI-07)", () =>
    relays("kitchen"));

  it("sends the others theirs, and to one that asked for no key rand_server alone (PNI-07, GWI-08)", () => {
    relays("hall");
    relays("cellar");
    assert.deepEqual([...told("sensor").body.keys()], [key.pnID, key.rand, 24]);
  });

  const linkSession = (device: string): void => {
    const legs = [13, 14, 15, 16].map((type) => steps.one(type, device));
    directPair("CPNS-LEU-v1", steps.unwrap(device, "pne"), steps.id(device), legs);
  };

  it("authenticates PNE and PN GW by the LocalEUKey on an insecure PAN (PNI-06a, PNI-06c, PNI-06d, GWI-07)", () =>
    linkSession("kitchen"));

  it("does so for every other one, but where the PAN is secure (PNI-07, GWI-08, LEU-04)", () => {
    linkSession("hall");
    linkSession("cellar");
    assert.equal(steps.ear.of(13, "sensor").length, 0);
  });

  const proves = (device: string): void =>
    assert.deepEqual(at(steps.one(20, device), key.hash), steps.proof(device).hash);

  it("has the first prove itself by hash_PNE over rands, EUKey and SK (PNI-08, GWI-09)", () =>
    proves("kitchen"));

  it("has every other prove itself the same way (PNI-09, GWI-10)", () => {
    for (const device of ["hall", "cellar", "sensor"]) proves(device);
  });

  it("relays every hash as it came, when the last is there (PNI-10, GWI-11)", () => {
    const message = steps.one(26);
    for (const device of all) {
      const sent = at(steps.one(20, device), key.hash);
      assert.deepEqual(octetsOf(steps.member(message, device), key.hash), sent);
      assert.ok(steps.when(20, device) < steps.when(26));
    }
  });

  it("computes the SK that the PNE has, and hash_server over it (PNI-12a, PNI-12b, GWI-13)", () => {
    const inventory = at(steps.one(27), key.pnInventory);
    for (const device of all) {
      const entry = steps.member(steps.one(27), device);
      assert.equal(entry.get(key.result), 0);
      assert.deepEqual(octetsOf(entry, key.hash), steps.hashServer(device, inventory));
    }
  });

  it("answers with the inventory and a hash_server for each (PNI-11b, PNI-12c, GWI-12, GWI-13)", () => {
    const { body } = steps.one(27);
    const inventory = info(octetsOf(body, key.pnInventory));
    const ids = bodiesOf(inventory, key.members).map((one) => octetsOf(one, key.entityID).toString("hex"));
    assert.deepEqual(ids.sort(), all.map((device) => steps.id(device).toString("hex")).sort());
    assert.deepEqual(octetsOf(inventory, key.pnID), steps.pnID);
    assert.deepEqual(octetsOf(inventory, key.origin), gateway);
    assert.equal(bodiesOf(body, key.members).length, 4);
    assert.ok(steps.when(26) < steps.when(27));
  });

  it("keeps the inventory at the PN GW, and routes by it (PNI-04a, PNI-13, GWI-05a, GWI-14)", async () => {
    const { net } = steps;
    net.command("cellar", { kind: "sendToMember", to: net.id("hall"), text: "by the table" });
    await net.pass(3);
    assert.equal(net.kinds("cellar").at(-1), "sent");
    assert.deepEqual(net.members("hall"), [...all].sort());
  });
}

/** Inventory and hash_server, at this one and as it is from the Server. */
function told(steps: Steps, device: string): void {
  const message = steps.verdict(device);
  assert.equal(message.to, "PNE");
  assert.equal(message.body.get(key.result), 0);
  const inventory = at(message, key.pnInventory);
  assert.deepEqual(inventory, at(steps.one(27), key.pnInventory));
  assert.deepEqual(at(message, key.hash), steps.hashServer(device, inventory));
}

describe("the steps of a PN that a PNE starts with all others", () => {
  const steps = new Steps(false);
  before(() => steps.run());

  it("begins with its PNSetupRequest: capabilities, whom, rand, and that it wants a LocalEUKey (PNI-01)", () => {
    const { to, body } = steps.one(17);
    assert.equal(to, "PN GW");
    assert.equal(body.get(key.setupType), 1, "all");
    assert.equal(octetsOf(body, key.rand).length, 32);
    const said = info(octetsOf(body, key.pneInfo));
    assert.deepEqual(octetsOf(said, key.entityID), steps.id("kitchen"));
    assert.equal(said.get(key.flags), ui | reachable);
    assert.equal(said.get(key.keyID), 1, "a LocalEUKey");
  });

  it("goes on with a PNSetupNotify to each other, which names initiator and PN ID (PNI-02)", () => {
    for (const device of ["hall", "cellar", "sensor"]) {
      const { to, body } = steps.one(40, device);
      assert.equal(to, "PNE");
      assert.deepEqual(octetsOf(body, key.origin), steps.id("kitchen"));
      assert.deepEqual(octetsOf(body, key.pnID), steps.pnID);
    }
    assert.equal(steps.ear.of(40, "kitchen").length, 0);
  });

  it("hears from each with its rand and what is to protect its link (PNI-03)", () => {
    const wanted = { hall: [ui | reachable, 1], cellar: [ui | reachable, 1], sensor: [reachable, 0] };
    for (const [device, [flags, linkKey]] of Object.entries(wanted)) {
      const { to, body } = steps.one(41, device);
      assert.equal(to, "PN GW");
      assert.deepEqual(octetsOf(body, key.pnID), steps.pnID);
      assert.equal(octetsOf(body, key.rand).length, 32);
      const said = info(octetsOf(body, key.pneInfo));
      assert.equal(said.get(key.flags), flags, device);
      assert.equal(said.get(key.keyID), linkKey, device);
    }
  });

  common(steps);

  it("answers the initiator with inventory and hash_server (PNI-14a)", () => told(steps, "kitchen"));

  it("tells every other one the same in a PNEstablishmentNotify, the whole inventory (PNI-15a, PNI-15e)", () => {
    for (const device of ["hall", "cellar", "sensor"]) told(steps, device);
  });
});

describe("the steps of a PN that the PN GW starts", () => {
  const steps = new Steps(true);
  before(() => steps.run());

  it("begin with a PNSetupRequest to the first (GWI-01)", () => {
    const { to, body } = steps.one(43, "kitchen");
    assert.equal(to, "PNE");
    assert.deepEqual(octetsOf(body, key.pnID), steps.pnID);
  });

  it("go on with one to each other (GWI-02)", () => {
    for (const device of ["hall", "cellar", "sensor"])
      assert.deepEqual(octetsOf(steps.one(43, device).body, key.pnID), steps.pnID);
  });

  const answers = (device: string, flags: number, linkKey: number): void => {
    const { to, body } = steps.one(44, device);
    assert.equal(to, "PN GW");
    assert.equal(body.get(key.result), 0);
    assert.equal(octetsOf(body, key.rand).length, 32);
    const said = info(octetsOf(body, key.pneInfo));
    assert.deepEqual(octetsOf(said, key.entityID), steps.id(device));
    assert.equal(said.get(key.flags), flags);
    assert.equal(said.get(key.keyID), linkKey);
  };

  it("hear from the first whether it takes part, what it can do, its ID, rand and indication (GWI-03)", () =>
    answers("kitchen", ui | reachable, 1));

  it("hear the same from every other, and from one without UI that it needs no LocalEUKey (GWI-04, LEU-01)", () => {
    answers("hall", ui | reachable, 1);
    answers("cellar", ui | reachable, 1);
    answers("sensor", reachable, 0);
  });

  common(steps);

  it("tell the first in a PNEstablishmentNotify (GWI-15)", () => told(steps, "kitchen"));

  it("tell every other, too (GWI-16)", () => {
    for (const device of ["hall", "cellar", "sensor"]) told(steps, device);
  });
});

describe("the steps of a PN of type 1-1", () => {
  it("are those of its initiator alone, though others are there (PNI-01n)", async () => {
    const ear = new Onlooker();
    const net = new Family(devices.slice(0, 2), { keylog: ear.keylog });
    ear.watch(net);
    await net.ready();
    ear.heard.length = 0;
    net.command("kitchen", { kind: "createPN" });
    await net.pass(8);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
    assert.deepEqual(ear.types("hall"), []);
    assert.deepEqual(ear.types("kitchen"), [17, 19, 13, 14, 15, 16, 20, 18]);
    const [asked] = ear.of(24);
    assert.equal(asked?.body.get(key.setupType), 0);
    assert.equal(bodiesOf(asked?.body as Body, key.members).length, 1);
  });
});
