import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, toSeconds } from "../../src/base/units.js";
import { encode } from "../../src/codec/schema.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { sessionBinder } from "../../src/crypto/keys/rekey.js";
import { relayedSessionKey } from "../../src/crypto/keys/relayedKeys.js";
import { Secret } from "../../src/crypto/secret.js";
import { memberName, pnName } from "../../src/database/networks.js";
import type { EntityRecord } from "../../src/database/rows/entities.js";
import type { MemberSession, PNMember, PNRecord } from "../../src/database/rows/networks.js";
import type { ServerTables } from "../../src/database/store.js";
import { RecordLayer, type SessionLimits } from "../../src/link/record.js";
import type { Origin, StoredServerPorts } from "../../src/procedure/serverPorts.js";
import { memberContext } from "../../src/protocols/network/memberSessions.js";
import { pneInfo } from "../../src/protocols/network/messages.js";
import type { ServerSession } from "../../src/protocols/network/setupOptions.js";
import { SeededRandom } from "./seededRandom.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

export const pnID = filled(16, 0x70);
export const gatewayID = ascii("gateway-01");
const hour = 3_600_000;

type MutablePorts = { -readonly [Name in keyof StoredServerPorts]: StoredServerPorts[Name] };

/**
 * A Server's tables in memory with one PN of one PN GW, and members whose sessions are known here, too: its procedures
 * are asked without any network.
 */
export class ServerPN {
  now = 1_800_000_000_000;
  readonly clock = { now: () => Milliseconds(this.now) };
  readonly events: string[] = [];
  readonly log = { event: (name: string): void => void this.events.push(name) };
  readonly store = new MemoryServerStore({ clock: this.clock, log: this.log });
  readonly random = new SeededRandom(5);
  readonly serverID = ascii("cpns.example");
  readonly ports: MutablePorts = {
    suite: nodeSuite,
    random: this.random,
    clock: this.clock,
    store: this.store,
    log: this.log,
    secrets: { unknown: new Secret(filled(32, 1)) },
    serverID: this.serverID,
    application: () => undefined,
  };

  work<T>(work: (tables: ServerTables) => Promise<T>): Promise<T> {
    return this.store.transaction(work);
  }

  origin(name: string): Origin {
    return { role: "pne", entityID: ascii(name), gatewayID };
  }

  /** Octets that stand for a User. */
  identity(user: string): Uint8Array {
    return nodeSuite.sha256(ascii(user)).slice(0, 16);
  }

  key(name: string): Uint8Array {
    return nodeSuite.sha256(ascii(`key of ${name}`));
  }

  async entity(id: Uint8Array, owner: string, more: Partial<EntityRecord> = {}): Promise<EntityRecord> {
    const entity: EntityRecord = {
      role: "pne",
      owner: this.identity(owner),
      userID: ascii(owner),
      committed: {
        id: nodeSuite.sha256(id).slice(0, 8),
        key: nodeSuite.sha256(ascii("key of "), id),
        origin: "password",
        createdAt: toSeconds(Milliseconds(this.now)),
      },
      gatewayID,
      seenAt: toSeconds(Milliseconds(this.now - 30 * 24 * hour)),
      possessed: false,
      ...more,
    };
    await this.work(({ entities }) => entities.put(hex(id), entity));
    return entity;
  }

  /** The PN of Alice's PN GW, without members. */
  async start(more: Partial<PNRecord> = {}): Promise<this> {
    await this.entity(gatewayID, "alice", { role: "gateway" });
    const endsAt = Milliseconds(this.now + hour);
    const owner = this.identity("alice");
    const pn = { pnID, gatewayID, established: true, owner, randServer: filled(32, 9), size: 0, endsAt };
    await this.work(({ pns }) => pns.put(pnName(gatewayID, pnID), { ...pn, ...more }));
    return this;
  }

  get pn(): PNRecord {
    const pn = this.store.get("pns", pnName(gatewayID, pnID));
    if (pn === undefined) throw new Error("no PN");
    return pn;
  }

  member(name: string): PNMember {
    const member = this.store.get("members", memberName(gatewayID, pnID, ascii(name)));
    if (member === undefined) throw new Error(`no ${name}`);
    return member;
  }

  async change(name: string, more: Partial<PNMember>): Promise<void> {
    const row = memberName(gatewayID, pnID, ascii(name));
    await this.work(({ members }) => members.put(row, { ...this.member(name), ...more }));
  }

  changeEntity(name: string, more: Partial<EntityRecord>): Promise<void> {
    return this.work(async ({ entities }) => {
      const entity = await entities.get(hex(ascii(name)));
      if (entity !== undefined) await entities.put(hex(ascii(name)), { ...entity, ...more });
    });
  }

  /** A PNE that is in the PN, enrolled by this User; its end of the session with the Server. */
  async join(
    name: string,
    {
      owner = "alice",
      contents,
      limits,
    }: { owner?: string; contents?: Uint8Array; limits?: SessionLimits } = {},
  ): Promise<ServerSession> {
    const entityID = ascii(name);
    const { committed } = await this.entity(entityID, owner);
    const said = { entityID, flags: 1, linkKey: 0, ...(contents && { contents }) };
    const endsAt = Milliseconds(this.now + hour);
    const rands = { randPNE: this.random.octets(32), randServer: this.random.octets(32) };
    const base = { gatewayID, pnID, entityID, pneInfo: encode(pneInfo, said), flags: 0, rand: rands.randPNE };
    const context = memberContext(this.serverID, this.pn, base, rands);
    const keys = deriveKeys(nodeSuite, "EUK", committed.key, entityID);
    const sk = relayedSessionKey(nodeSuite, keys, context);
    const session: MemberSession = {
      ...rands,
      ...{ sk: sk.octets.slice(), received: 0, next: 1, endsAt, keyID: committed.id },
    };
    await this.work(({ members }) =>
      members.put(memberName(gatewayID, pnID, entityID), { ...base, endsAt, session }),
    );
    const binder = sessionBinder(nodeSuite, sk);
    const clock = { now: this.clock.now, after: () => ({ cancel() {} }) };
    const made = { suite: nodeSuite, clock, sk, role: "initiator", unordered: true } as const;
    return { layer: new RecordLayer({ ...made, ...(limits && { limits }) }), context, binder };
  }
}
