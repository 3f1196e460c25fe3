import {
  contents,
  entityID,
  flags,
  instant,
  Key,
  label,
  localKeyID,
  pnID,
  rand,
  result,
  serverID,
  share,
  valueHash,
} from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, list, octets, optional, record, text, uint } from "../../codec/schema.js";
import { wrappedKeyLength } from "../../crypto/keys/localKeys.js";

/** The most PNEs in one PN. */
export const maximumMembers = 32;
/** A LocalEUKey outlives the sessions made with it (seconds). */
export const localKeyLifetime = 30 * 24 * 3600;
/** Leg between PN GW and Server: the wrapped keys of a whole PN travel in one message there. */
export const maximumBackhaulMessage = 16_384;

export const SetupType = Object.freeze({ oneToOne: 0, all: 1, list: 2 });

/** What is to protect the link of this PNE and its PN GW, as PNEInfo indicates it (C-01, C-03). */
export const LinkKey = Object.freeze({
  /** Nothing: the PAN is secure by itself (LEU-04). */
  none: 0,
  /** A LocalEUKey (LEU-01). */
  localEUKey: 1,
  /** The pre-assigned key of a PNE without UI: one derived from its Temporary Key (LEU-02, C-04). */
  preAssigned: 2,
});
export type LinkKey = (typeof LinkKey)[keyof typeof LinkKey];

/** Bits of `flags` in the PairContext: what the Server and the PNE must agree on about this member. */
export const PairFlag = Object.freeze({
  /** The PNE asks for a LocalEUKey (C-03). */
  localKey: 1,
  /** The PNE started the PN itself (PNI-01), else it was invited. */
  initiator: 2,
  /** The PNE protects its link by its pre-assigned key (LEU-02). */
  preAssigned: 4,
});

/** Octets that the PN GW forwards verbatim, so that the Server sees what the PNE said (C-05). */
export const pneInfo = record({
  entityID: field(Key.entityID, entityID),
  /** Bits of `Capability` (PNI-01 "Device Capabilities"). */
  flags: field(Key.flags, flags),
  /** One of `LinkKey`: the LocalEUKey indication (C-01, C-03), or that of a pre-assigned key (LEU-02). */
  linkKey: field(Key.keyID, uint(LinkKey.preAssigned)),
  name: optional(Key.name, label),
  /** Offers forward secrecy toward the Server; here, because PNEInfo is under every HASH of the pair. */
  share: optional(Key.share, share),
  /** Label for people that the PNE which starts the PN gives to it. */
  alias: optional(Key.alias, label),
  /** Contents information (C-30): what the device's application offers and understands. */
  contents: optional(Key.contents, contents),
});
export const pneInfoOctets = octets(1, 384);

/** Who is in the PN (PNR-14, PNI-13); its octets are under hash_server. */
export const pnInventory = record({
  pnID: field(Key.pnID, pnID),
  gateway: field(Key.originEntityID, entityID),
  members: field(
    Key.members,
    list(
      record({
        entityID: field(Key.entityID, entityID),
        name: optional(Key.name, label),
        /** Contents information, as its PNEInfo has it (C-30). */
        contents: optional(Key.contents, contents),
      }),
      0,
      maximumMembers,
    ),
  ),
  /** The PN's label for people, from who started it. */
  alias: optional(Key.alias, label),
});
/** Octets of it, so that it fits into one message on a link: 32 members have room, not all of their names and contents. */
export const maximumInventory = 1800;
export const pnInventoryOctets = octets(1, maximumInventory);

/** PNE → PN GW: establish a PN (PNI-01). */
export const pnSetupRequest = defineMessage(
  "PNSetupRequest",
  17,
  record({
    setupType: field(Key.setupType, uint(SetupType.list)),
    targets: optional(Key.targetEntityID, list(entityID, 1, maximumMembers)),
    pneInfo: field(Key.pneInfo, pneInfoOctets),
    rand: field(Key.rand, rand),
  }),
);

const localKeyFields = Object.freeze({
  keyID: optional(Key.keyID, localKeyID),
  expiresAt: optional(Key.expiresAt, instant),
  wrappedKey: optional(Key.wrappedKey, octets(wrappedKeyLength, wrappedKeyLength)),
});

/** PN GW → PNE: its own wrapped LocalEUKey and rand_server only (PNI-06b); a pre-assigned key is not wrapped for the PNE, which derives it. */
export const authenticationRequest = defineMessage(
  "AuthenticationRequest",
  19,
  record({
    pnID: field(Key.pnID, pnID),
    serverID: field(Key.serverID, serverID),
    rand: field(Key.rand, rand),
    ...localKeyFields,
    /** The Server's share for this PNE, when it has offered one. */
    share: optional(Key.share, share),
  }),
);

/** PNE → PN GW: hash_PNE (PNI-08). */
export const authenticationResponse = defineMessage(
  "AuthenticationResponse",
  20,
  record({ pnID: field(Key.pnID, pnID), hash: field(Key.hash, valueHash) }),
);

/** PN GW → PNE: established, with the inventory and hash_server (PNI-14a); both absent on failure. */
export const pnSetupResponse = defineMessage(
  "PNSetupResponse",
  18,
  record({
    result: field(Key.result, result),
    pnID: optional(Key.pnID, pnID),
    pnInventory: optional(Key.pnInventory, pnInventoryOctets),
    hash: optional(Key.hash, valueHash),
  }),
);

/** What a PN GW subscribes to, and how (C-29). */
export const SubscriptionKind = Object.freeze({ none: 0, password: 1, uicc: 2 });

/** "PN GW Info" (PNI-04b, GWI-05a, GWI-05b, C-29): what the PN GW can do, and its subscription. */
export const gatewayInfo = record({
  /** Bits of `GatewayCapability`. */
  flags: field(Key.flags, flags),
  /** Links that its radio can have at once. */
  links: field(Key.links, uint(0xffff)),
  /** PAN technologies by name: "BLE". */
  technologies: field(Key.technologies, list(text(1, 16), 0, 4)),
  subscription: field(
    Key.subscription,
    record({
      kind: field(Key.kind, uint(SubscriptionKind.uicc)),
      /** Of the operator, when there is one. */
      realm: optional(Key.realm, text(1, 64)),
    }),
  ),
});
/** What a PN GW can do; the bits that a PNE has too mean the same. */
export const GatewayCapability = Object.freeze({
  /** A person can type at it. */
  ui: 1,
  /** The Server reaches it unasked, so that it is reached from outside of its networks. */
  reachable: 2,
});

/** PN GW → Server: these PNEs want into this PN (PNI-04b). */
export const pnRegistrationRequest = defineMessage(
  "PNRegistrationRequest",
  24,
  record({
    pnID: field(Key.pnID, pnID),
    setupType: field(Key.setupType, uint(SetupType.list)),
    members: field(
      Key.members,
      list(
        record({
          pneInfo: field(Key.pneInfo, pneInfoOctets),
          rand: field(Key.rand, rand),
          /** Bits of `PairFlag` but those of the link's key, which stands in PNEInfo. */
          flags: field(Key.flags, flags),
        }),
        1,
        maximumMembers,
      ),
    ),
    /** The PN's label for people, when the PN GW starts it. */
    alias: optional(Key.alias, label),
    gatewayInfo: optional(Key.gatewayInfo, gatewayInfo),
  }),
);

/** Server → PN GW: rand_server and each LocalEUKey in two copies (PNI-05b, C-02). */
export const pnAuthenticationRequest = defineMessage(
  "PNAuthenticationRequest",
  25,
  record({
    pnID: field(Key.pnID, pnID),
    rand: field(Key.rand, rand),
    members: field(
      Key.members,
      list(
        record({
          entityID: field(Key.entityID, entityID),
          ...localKeyFields,
          gatewayCopy: optional(Key.gatewayCopy, octets(wrappedKeyLength, wrappedKeyLength)),
          share: optional(Key.share, share),
        }),
        0,
        maximumMembers,
      ),
    ),
  }),
);

/** PN GW → Server: the hashes of the PNEs (PNI-10). */
export const pnAuthenticationResponse = defineMessage(
  "PNAuthenticationResponse",
  26,
  record({
    pnID: field(Key.pnID, pnID),
    members: field(
      Key.members,
      list(
        record({ entityID: field(Key.entityID, entityID), hash: field(Key.hash, valueHash) }),
        0,
        maximumMembers,
      ),
    ),
  }),
);

/** Server → PN GW: who is in, with hash_server for each who is (PNI-12c, C-16). */
export const pnRegistrationResponse = defineMessage(
  "PNRegistrationResponse",
  27,
  record({
    pnID: field(Key.pnID, pnID),
    result: field(Key.result, result),
    pnInventory: optional(Key.pnInventory, pnInventoryOctets),
    members: field(
      Key.members,
      list(
        record({
          entityID: field(Key.entityID, entityID),
          result: field(Key.result, result),
          hash: optional(Key.hash, valueHash),
        }),
        0,
        maximumMembers,
      ),
    ),
  }),
);
