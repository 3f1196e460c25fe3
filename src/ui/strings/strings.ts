import type { CodesOf, ErrorCode } from "../../base/errorCodes.js";
import type { english } from "./english.js";
import type { ErrorText } from "./texts.js";

type Widened<T> = T extends string ? string : { readonly [K in keyof T]: Widened<T[K]> };
/** A table of all texts in one language. */
export type Strings = Widened<typeof english>;

/** What has a text of its own. */
type TextName = keyof Strings["errors"];

/** Codes that a person can only pass on, or that no PNE ever meets: shown as they are. */
type ShownByCode =
  | CodesOf<
      | "api"
      | "cbor"
      | "message"
      | "gba"
      | "device"
      | "user"
      | "relay"
      | "adapter"
      | "database"
      | "topic"
      | "application"
      | "update"
    >
  | Exclude<CodesOf<"radio">, "radio.silent">
  | "credential.password.tooShort"
  | "credential.password.common"
  | "crypto.length"
  | "crypto.range"
  | "crypto.iterations"
  | "crypto.cancelled"
  | "store.notStaged"
  | "store.notEnrolled"
  | "result.unknown"
  | "result.notListed"
  | "runner.busy"
  | "protocol.verifier"
  | "discovery.noEntityID"
  | "pn.entityID"
  | "pn.rand"
  | "pn.unknown"
  | "auth.noKey"
  | "firmware.fault"
  | "superseded"
  | "fault"
  /** Never shown: the person wanted it, or waits for the gateway of the network. */
  | "cancelled"
  | "pn.otherGateway";

/** Codes that mean the same to a person share a text. Does not compile while a code of the registry has none. */
const sharing: Readonly<Record<Exclude<ErrorCode, TextName | ShownByCode>, TextName>> = Object.freeze({
  "auth.notTrusted": "pn.notTrusted",
  "pn.pnID": "pn.notTrusted",
  "enrol.iterations": "enrol.notTrusted",
  "protocol.handle": "enrol.notTrusted",
  "crypto.rand": "enrol.notTrusted",
  "crypto.point": "enrol.notTrusted",
  "crypto.scalar": "enrol.notTrusted",
  "record.forged": "pn.notTrusted",
  "store.keyNotNewer": "pn.notTrusted",
  "result.alreadyDone": "result.serverUnreachable",
  "record.form": "protocol.unexpected",
  "record.replay": "protocol.unexpected",
  "result.protocol": "protocol.unexpected",
  "record.expired": "result.sessionExpired",
  "link.fragment": "linkLost",
  "link.order": "linkLost",
  "link.tooLong": "linkLost",
  "link.reassembly": "linkLost",
  "link.busy": "linkLost",
  "link.plain": "linkLost",
  "link.closed": "linkLost",
  "link.write": "linkLost",
  busy: "result.busy",
  "enrol.unconfirmed": "pn.keyUnknown",
});

/** The text for an error; `detail` takes the place of a code that has none. */
export function errorText(strings: Strings, code: ErrorCode, detail: string = code): ErrorText {
  const { errors } = strings;
  const texts: Readonly<Partial<Record<ErrorCode, ErrorText>>> = errors;
  const shared: Readonly<Partial<Record<ErrorCode, TextName>>> = sharing;
  const known = texts[code] ?? errors[shared[code] ?? "unknown"];
  if (known !== errors.unknown) return known;
  return { ...known, what: known.what.replace("%", () => detail) };
}
