/**
 * The registry of errors: every code that `src` raises, once. A new one is added here; src/ui/strings then does not
 * compile until it has a text, or is said to be shown by its code. Hosts keep registries of their own.
 */
export type ErrorCode =
  | CodecCode
  | CryptoCode
  | CredentialCode
  | LinkCode
  | StoreCode
  | ResultCode
  | ProcedureCode
  | DeviceCode
  | ApplicationCode
  | UpdateCode
  | GatewayCode
  | GatewayRadioCode
  | ServerCode
  | ProgramCode
  | DatabaseCode;

type CodecCode =
  | "cbor.truncated"
  | "cbor.trailing"
  | "cbor.nonMinimal"
  | "cbor.indefinite"
  | "cbor.utf8"
  | "cbor.depth"
  | "cbor.length"
  | "cbor.duplicateKey"
  | "cbor.keyOrder"
  | "cbor.unknownKey"
  | "cbor.missingKey"
  | "cbor.type"
  | "cbor.range"
  | "cbor.unsupported"
  | "message.version"
  | "message.unknown"
  | "message.tooLong";

type CryptoCode =
  /** Misuse: a length, a number, a number of iterations that nothing may have. */
  | "crypto.length"
  | "crypto.range"
  | "crypto.iterations"
  | "crypto.cancelled"
  /** A RAND that is all zero, or the peer's own. */
  | "crypto.rand"
  /** A peer's share that is no point, or an order's multiple. */
  | "crypto.point"
  | "crypto.scalar"
  /** The host has no random octets to give. */
  | "crypto.random";

type CredentialCode =
  | "credential.userID.empty"
  | "credential.userID.tooLong"
  | "credential.userID.characters"
  | "credential.password.empty"
  | "credential.password.tooLong"
  | "credential.password.characters"
  /** Of a password that is chosen: fewer than 8 characters; one of the commonest, or the User ID. */
  | "credential.password.tooShort"
  | "credential.password.common";

type LinkCode =
  | "link.fragment"
  | "link.order"
  | "link.tooLong"
  | "link.reassembly"
  | "link.busy"
  | "link.plain"
  | "link.closed"
  | "link.write"
  | "record.form"
  | "record.replay"
  | "record.forged"
  | "record.expired";

type StoreCode =
  /** No room for the new value; the old one stands. */
  | "store.full"
  /** Written by a firmware that knows a newer form; nothing is erased. */
  | "store.version"
  /** Flash did not give back what was written. */
  | "store.broken"
  /** Flash storage as a whole could not be started. */
  | "store.unusable"
  /** The factory namespace holds what no factory can have meant. */
  | "store.factory"
  | "store.notStaged"
  | "store.notEnrolled"
  | "store.keyNotNewer";

/** What a peer answered, by the name of its Result (src/codec/results.ts). */
type ResultCode =
  | "result.refused"
  | "result.serverUnreachable"
  | "result.busy"
  | "result.protocol"
  | "result.sessionExpired"
  | "result.noMethod"
  | "result.duplicateEntity"
  | "result.notAuthorized"
  | "result.declined"
  | "result.noRoute"
  | "result.full"
  | "result.alreadyDone"
  | "result.gatewayNotEnrolled"
  | "result.serverClock"
  | "result.tooManyDevices"
  | "result.notListed"
  /** Of a newer version, or no refusal at all. */
  | "result.unknown";

/** What ends a procedure. */
type ProcedureCode =
  /** A fault of the program's own, which is in its log. */
  | "fault"
  /** The person, or what the person began instead. */
  | "cancelled"
  /** Something else is going on. */
  | "busy"
  | "runner.busy"
  | "timeout"
  | "linkLost"
  /** A message that does not belong to the state. */
  | "protocol.unexpected"
  | "protocol.handle"
  | "protocol.verifier"
  /** The peer could not prove itself. */
  | "auth.notTrusted"
  | "enrol.notTrusted"
  | "pn.notTrusted"
  | "enrol.iterations"
  /** No method that the owner's policy allows here (SEC-02). */
  | "enrol.method"
  | "discovery.noEntityID"
  | "pn.pnID"
  /** A RAND of zeros. */
  | "pn.rand"
  | "pn.entityID"
  | "pn.keyUnknown"
  | "pn.tooLate"
  | "pn.notMember"
  | "pn.otherServer"
  | "pn.otherGateway"
  | "pn.unprotected"
  | "pn.escrowed"
  /** A proof of this PNE was refused, or its key is not known. */
  | "pn.refused"
  /** The gateway has not come back to a PNE in a PN. */
  | "pn.lost"
  /** The Server does not know the key that it was asked to confirm. */
  | "enrol.unconfirmed";

/** At the PNE, by itself. */
type DeviceCode =
  | "gatewayNotFound"
  | "notEnrolled"
  /** Too many wrong passwords: an enrolment is not tried before its delay is over. */
  | "throttled"
  | "label.tooLong"
  | "radio.silent"
  /** The firmware met what it does not expect. */
  | "firmware.fault"
  | "crash.memory"
  | "crash.stack"
  | "crash.exception"
  | "crash.watchdog"
  | "crash.power"
  | "crash.unknown";

/** Of what a device is for (src/device/application). */
type ApplicationCode =
  /** A list of topics that no device can have. */
  | "topic.contents"
  /** Whom the message is for does not list the topic, or who sends it does not. */
  | "topic.unknown"
  /** A value that is none of its topic's kind. */
  | "topic.kind"
  /** A newer message has taken its place while the device was away. */
  | "topic.dropped"
  /** It has not been delivered within its time. */
  | "topic.late"
  /** The application has thrown, and runs no more. */
  | "application.stopped"
  /** A setting's name, or more than there is room for. */
  | "application.setting"
  /** More timers at once than there are. */
  | "application.timers";

/** Of a new firmware (src/protocols/update): why a device does not take it. */
type UpdateCode =
  /** It is no image of ours, or of a format that is not known. */
  | "update.form"
  /** The device was built without a key to verify with: it takes none. */
  | "update.noKey"
  /** Its header is signed by another key, or altered. */
  | "update.notSigned"
  /** Made for another board. */
  | "update.otherBoard"
  /** Its counter is below the one that the device has reached. */
  | "update.older"
  /** More octets than a slot has. */
  | "update.tooBig"
  /** Its octets are not those that the header speaks of. */
  | "update.damaged"
  /** Flash did not take it. */
  | "update.broken"
  /** It ran, and never reached its gateway, or came damaged, as often as it is tried. */
  | "update.failed";

/** At a PN GW, about a device without UI, its PNs, or its own key. */
type GatewayCode =
  /** It has no EUKey of its own yet. */
  | "auth.noKey"
  /** It has no such PN. */
  | "pn.unknown"
  | "superseded"
  | "device.notThere"
  | "device.panNotSecure"
  | "device.hasUI"
  | "device.refused"
  | "device.busy"
  /** Two links claim to be this device, and nothing tells which one is. */
  | "device.twice"
  | "gba.noUicc"
  /** A UICC is in, so that no password gives the PN GW its key (C-35). */
  | "gba.decides"
  | "gba.unreachable"
  | "gba.mac"
  | "gba.sync"
  | "gba.digest"
  | "gba.answer";

/** At a PN GW, about its adapter and the links that it has or wants. */
type GatewayRadioCode =
  /** No adapter is there, or it was pulled out. */
  | "adapter.missing"
  /** It is there, and switched off. */
  | "adapter.off"
  /** A switch or the system keeps its radio from sending. */
  | "adapter.blocked"
  /** This program may not use it. */
  | "adapter.permission"
  /** It knows no Bluetooth Low Energy, or the system has no Bluetooth at all. */
  | "adapter.unsupported"
  /** It does not answer. */
  | "adapter.silent"
  /** The software that drives it is not installed. */
  | "adapter.software"
  /** The peer did not answer in time. */
  | "radio.timeout"
  /** The connection did not come up (HCI 0x3e), or ended before both directions were open. */
  | "radio.notEstablished"
  /** The radio cannot have another link. */
  | "radio.full"
  /** The peer has no PNE's service. */
  | "radio.notPNE"
  /** The owner has called it off. */
  | "radio.cancelled"
  /** Such a link, or an attempt at it, is there already. */
  | "radio.busy";

type ServerCode =
  | "relay.origin"
  | "user.known"
  | "user.unknown"
  | "device.known"
  | "device.unknown"
  | "device.entityID"
  | "device.temporaryKey";

/** At the Server, about what a program asks (docs/API.md). */
type ProgramCode =
  /** No token, one that is not known, or one that is over. */
  | "api.token"
  /** The token is not for this. */
  | "api.scope"
  /** Nothing of this User's is there. */
  | "api.unknown"
  /** There is such a path, for another method. */
  | "api.method"
  /** A body or a parameter that is none. */
  | "api.request"
  /** A body of another type than JSON. */
  | "api.type"
  | "api.tooLong"
  /** Too many requests, or wrong tokens from this network. */
  | "api.tooMany"
  /** The User has as many of them as there may be. */
  | "api.full"
  /** An address to which this Server sends nothing. */
  | "api.target";

/** At the Server, about its database. */
type DatabaseCode =
  /** It is not reached, or has no room: the same may be tried again. */
  | "database.away"
  /** Others were faster for longer than is waited. */
  | "database.conflict"
  /** Octets that are no row of ours. */
  | "database.row"
  /** Written by a later release. */
  | "database.newer"
  /** It does not open: the wrong master key, or a row that was moved or altered. */
  | "database.sealed"
  /** Sealed by another master key since: nothing is written under this one any more. */
  | "database.otherKeys"
  /** A write in a transaction that only reads. */
  | "database.readOnly"
  /** The calendar stands before 2020 or after 2100, and something must be made by it. */
  | "database.clock";

/** The codes of the areas with these names: `CodesOf<"cbor" | "message">`. */
export type CodesOf<Area extends string> = Extract<ErrorCode, `${Area}.${string}`>;
