import { ascii } from "../../src/base/octets.js";
import { maximumLabel, maximumPayload } from "../../src/codec/attributes.js";
import type { GatewayCommand } from "../../src/gateway/ports.js";

/** A User ID or password that was typed. Letters that no keypad has become one that every check refuses. */
export const octetsOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => Math.min(letter.charCodeAt(0), 0xff));

/**
 * A command as it comes over the socket. Its texts are bounded by the line's length, and checked by what takes them.
 * Throws Error in one line for what is none.
 */
export function readCommand(fields: Readonly<Record<string, unknown>>): GatewayCommand {
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value !== "string") throw new Error(`${name} is missing`);
    return value;
  };
  const octets = (name: string): Uint8Array => octetsOf(text(name));
  const id = (name: string): string => {
    if (!/^(?:[0-9a-f]{2}){1,32}$/i.test(text(name))) throw new Error(`${name} is no ID in hexadecimal`);
    return text(name).toLowerCase();
  };
  const credentials = () => ({ userID: octets("userID"), password: octets("password") });
  switch (fields.kind) {
    case "enrol":
      return { kind: "enrol", ...credentials() };
    case "bootstrap":
    case "confirm":
    case "connect":
      return { kind: fields.kind };
    case "register":
      return {
        kind: "register",
        ...credentials(),
        ...(fields.oldPassword !== undefined && { oldPassword: octets("oldPassword") }),
      };
    case "enrolDevice":
      return { kind: "enrolDevice", device: id("device"), ...how(fields.how), ...credentials() };
    case "queryDevice":
    case "disconnect":
      return { kind: fields.kind, device: id("device") };
    case "createPN": {
      const { who, alias } = fields;
      const list = Array.isArray(who) ? who.map(String) : ("all" as const);
      if (list !== "all" && !list.every((one) => /^(?:[0-9a-f]{2}){1,32}$/i.test(one))) {
        throw new Error("who is a list of IDs in hexadecimal");
      }
      const called = typeof alias === "string" ? alias.trim() : "";
      if (Buffer.byteLength(called) > maximumLabel)
        throw new Error(`a network's name has at most ${maximumLabel} octets in UTF-8`);
      return { kind: "createPN", who: list, ...(called !== "" && { alias: called }) };
    }
    case "cancelUpdate":
      return { kind: "cancelUpdate", device: fields.device === "all" ? "all" : id("device") };
    case "dissolvePN":
      return { kind: "dissolvePN", pn: id("pn") };
    case "removeMember":
      return { kind: "removeMember", pn: id("pn"), member: id("member") };
    case "send":
      return { kind: "send", pn: id("pn"), to: id("to"), payload: payloadOf(text("text")) };
    default:
      throw new Error(`'${String(fields.kind)}' is no command`);
  }
}

/** A text for a display, which shows the letters that keypads have. */
function payloadOf(text: string): Uint8Array {
  if (!/^[ -~]+$/.test(text)) throw new Error("the text is empty, or has a letter that keypads do not have");
  if (text.length > maximumPayload) throw new Error(`the text has more than ${maximumPayload} letters`);
  return ascii(text);
}

/** SEC-04 or SEC-05, where somebody insists on one. */
function how(value: unknown): { readonly how?: "credentials" | "temporaryKey" } {
  if (value === undefined || value === "credentials" || value === "temporaryKey")
    return value === undefined ? {} : { how: value };
  throw new Error("how is credentials or temporaryKey");
}
