import { hex } from "../../base/octets.js";
import { Milliseconds, type Seconds } from "../../base/units.js";
import { entityID, euKeyID, label, userID } from "../../codec/attributes.js";
import { bool, field, type Infer, octets, optional, record, text, uint } from "../../codec/schema.js";
import { defineRow, type ValueOf } from "../row.js";
import { choice, count, defined, moment, second } from "./shared.js";
import { identity } from "./users.js";

const key32 = octets(32, 32);
export const roles = choice("pne", "gateway");
export type Role = "pne" | "gateway";
/**
 * `gatewayEscrow`: a PN GW has seen it (SEC-05); `temporary`: it has replaced such a one (C-18); `renewed`: one that nobody
 * else knew (C-38).
 */
const origins = choice("password", "gba", "gatewayEscrow", "temporary", "renewed");
export type KeyOrigin = ReturnType<typeof origins.toName>;

export interface ServerKey {
  /** 8 octets. */
  readonly id: Uint8Array;
  /** 32 octets. */
  readonly key: Uint8Array;
  readonly origin: KeyOrigin;
  readonly createdAt: Seconds;
  /** A bootstrapped key ends with its B-TID (C-21). */
  readonly expiresAt?: Seconds;
}

/** One PNE or PN GW with its key, bound to its owner (EUK-UI-06, EUK-GW-10, SEC-01), by `hex(Entity ID)`. */
export interface EntityRecord {
  readonly role: Role;
  /** Identity of its owner, and the name that he had. */
  readonly owner: Uint8Array;
  readonly userID: Uint8Array;
  readonly committed: ServerKey;
  /** By which PN GW its key came; its own ID of a PN GW. */
  readonly gatewayID: Uint8Array;
  /** Its label for people, from its owner. */
  readonly name?: string;
  /** When it last proved itself, to a day. */
  readonly seenAt: Seconds;
  /** The device itself has shown its Temporary Key, not only its name. */
  readonly possessed: boolean;
  /** The Server wants another key in place of this one, and has not got it yet (C-38). */
  readonly renewal?: boolean;
}

const keyFields = {
  id: field(0, euKeyID),
  origin: field(1, uint(255)),
  createdAt: field(2, second),
  expiresAt: optional(3, second),
};
const openKey = record(keyFields);

const openKeyOf = ({ id, origin, createdAt, expiresAt }: ServerKey): Infer<typeof openKey> =>
  defined({ id, origin: origins.toNumber(origin), createdAt, expiresAt });

const keyOf = (open: Infer<typeof openKey>, key: Uint8Array): ServerKey =>
  defined({
    id: open.id,
    key,
    origin: origins.toName(open.origin),
    createdAt: open.createdAt,
    expiresAt: open.expiresAt,
  }) as ServerKey;

const entityFields = {
  role: field(0, uint(1)),
  owner: field(1, identity),
  userID: field(2, userID),
  key: field(3, openKey),
  name: optional(4, label),
  seenAt: field(5, second),
  possessed: field(7, bool),
  gatewayID: field(8, entityID),
};
const openEntity = record({ ...entityFields, renewal: optional(9, bool) });
const entityKey = record({ key: field(0, key32) });
const entityOf = (open: Infer<typeof openEntity>, { key }: Infer<typeof entityKey>): EntityRecord =>
  defined({
    role: roles.toName(open.role),
    owner: open.owner,
    userID: open.userID,
    committed: keyOf(open.key, key),
    gatewayID: open.gatewayID,
    name: open.name,
    seenAt: open.seenAt,
    possessed: open.possessed,
    renewal: open.renewal,
  }) as EntityRecord;

export const entities = defineRow({
  table: "entities",
  version: 2,
  open: openEntity,
  secret: entityKey,
  shape: {
    split: (entity: EntityRecord) => ({
      open: { ...entity, role: roles.toNumber(entity.role), key: openKeyOf(entity.committed) },
      secret: { key: entity.committed.key },
    }),
    join: entityOf,
  },
  former: [
    {
      version: 1,
      open: record(entityFields),
      secret: entityKey,
      join: (open, secret) => entityOf(open as Infer<typeof openEntity>, secret as Infer<typeof entityKey>),
    },
  ],
  columns: {
    owner: (entity: EntityRecord) => hex(entity.owner),
    kind: (entity: EntityRecord) => `${hex(entity.owner)}/${entity.role}`,
    through: (entity: EntityRecord) => `${hex(entity.owner)}/${hex(entity.gatewayID)}`,
  },
  counted: ["owner", "kind", "through"],
});

/**
 * A key that was delivered and is not confirmed yet, by `hex(Entity ID)/hex(EUKeyID)`: one for each device, User and
 * PN GW, so that nobody's claim takes another's delivery away.
 */
export interface StagedRecord extends ServerKey {
  readonly role: Role;
  readonly entityID: Uint8Array;
  /** Of who asked, and becomes the owner with the commit. */
  readonly owner: Uint8Array;
  readonly userID: Uint8Array;
  readonly gatewayID: Uint8Array;
  /** Orders the keys of a device: later than every one that was committed when it was made. */
  readonly madeAt: Milliseconds;
  readonly endsAt: Milliseconds;
}

/** A device that nobody has confirmed for so long is nobody's: time to charge one that went off in between. */
export const claimLifetime = Milliseconds(24 * 3_600_000);

export const staged = defineRow({
  table: "staged",
  open: record({
    role: field(0, uint(1)),
    entityID: field(1, entityID),
    owner: field(2, identity),
    userID: field(3, userID),
    gatewayID: field(4, entityID),
    key: field(5, openKey),
    endsAt: field(6, moment),
    madeAt: field(7, moment),
  }),
  secret: record({ key: field(0, key32) }),
  shape: {
    split: (value: StagedRecord) => ({
      open: { ...value, role: roles.toNumber(value.role), key: openKeyOf(value) },
      secret: { key: value.key },
    }),
    join: ({ key, role, ...rest }, secret): StagedRecord => ({
      ...rest,
      ...keyOf(key, secret.key),
      role: roles.toName(role),
    }),
  },
  columns: {
    owner: (one: StagedRecord) => hex(one.owner),
    slot: (one: StagedRecord) => slotOf(one),
    entity: (one: StagedRecord) => hex(one.entityID),
  },
  counted: ["owner"],
  ends: { at: (one) => one.endsAt, longest: claimLifetime },
});

/** The one place of a User's claim to a device through a PN GW. */
export const slotOf = (one: Pick<StagedRecord, "entityID" | "owner" | "gatewayID">): string =>
  `${hex(one.entityID)}/${hex(one.owner)}/${hex(one.gatewayID)}`;

/** A device as its factory made it (SEC-06), by `hex(Entity ID)`. */
export const devices = defineRow({
  table: "devices",
  open: record({
    /** The last time that a key derived from it was let out: since which factory reset, for whom, through whom. */
    released: optional(
      0,
      record({
        epoch: field(0, octets(16, 16)),
        owner: field(1, identity),
        gatewayID: field(2, entityID),
        /** The EUKey that was delivered under it is confirmed, and no PN GW knows it any more. */
        used: field(3, bool),
      }),
    ),
  }),
  secret: record({ temporaryKey: field(0, key32) }),
});
export type DeviceRecord = ValueOf<typeof devices>;

/**
 * What outlasts the owners of a device, by `hex(Entity ID)`: none of them brings back what was before another, and no
 * number that the device has seen comes a second time.
 */
export const histories = defineRow({
  table: "histories",
  open: record({
    /** The highest LocalEUKey id ever given to it. */
    localKeyID: field(0, uint(0xffffffff)),
    /** `madeAt` of the youngest key that was ever committed. */
    committedAt: field(1, moment),
    /** When the youngest one was made by our clock, and by the BSF's. */
    createdAt: optional(2, second),
    bootstrappedAt: optional(3, second),
  }),
});
export type HistoryRecord = ValueOf<typeof histories>;

/** What the Server itself keeps, by name. */
export const settings = defineRow({
  table: "settings",
  open: record({ value: optional(0, octets(0, 1024)), count: optional(1, count) }),
});

/** A number of rows, by `table.column/value`. */
export const counters = defineRow({
  table: "counters",
  open: record({ rows: field(0, count) }),
});

/** What happened, for operators and owners, by its time and a random part; in the transaction that made it happen. */
export const audit = defineRow({
  table: "audit",
  open: record({
    event: field(0, text(1, 64)),
    fields: field(1, text(0, 4096)),
    at: field(2, moment),
  }),
  ends: {
    at: (one) => Milliseconds(one.at + auditLifetime),
    longest: Milliseconds(100 * 24 * 3_600_000),
  },
});
export const auditLifetime = 90 * 24 * 3_600_000;
