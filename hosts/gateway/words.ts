import type { ErrorCode } from "../../src/base/errorCodes.js";
import type { CpnsError } from "../../src/base/errors.js";
import type { MemberView } from "../../src/gateway/ports.js";
import { shownLabel } from "../../src/pne/text.js";
import { payloadOf } from "./mqtt/values.js";
import { gatewayCommand } from "./settings.js";

/** What a person at the gateway reads, by the code of an error. */
export const words = Object.freeze({
  "result.refused":
    "User ID or password is not right, or there were too many tries: check both, or wait half an hour",
  "result.busy": "the Server or the device is busy: try again in a moment",
  "result.serverUnreachable": "the Server is not reached: check the network and the Server's address",
  "result.declined": "nobody wanted to join, or nobody is there",
  "result.serverClock": "the Server's clock is wrong: it makes no keys; tell who runs it",
  "store.full": "the disk of the state folder has no room: nothing was changed; make room and try again",
  "result.noRoute": "the device is out of reach: bring it near and try again",
  "result.notAuthorized":
    "its owner has not let this device in: add its owner as a guest at the Server's page",
  "auth.noKey": `the gateway has no key yet: run ${gatewayCommand("enrol")}`,
  "device.notThere": `no such device has a connection: is it switched on and near? ${gatewayCommand("status")} lists them`,
  "device.busy": "the device is busy: try again in a moment, or once it is in no network any more",
  "device.hasUI": "this device has a keypad: enrol it there",
  "device.twice":
    "more than one device says that it is this one: switch the others off, wait a moment and try again",
  "device.panNotSecure":
    "the connection to this device is not secure by itself: it needs its factory's Temporary Key",
  "device.refused":
    "the device did not take it: if it has an owner, reset it (hold its button for ten seconds, or Settings, Erase everything), then enrol it; else its factory gave it no Temporary Key, or has not told the Server of it",
  "pn.refused": "no device could prove itself: enrol it anew, then invite it again",
  "pn.unknown": `there is no such network: ${gatewayCommand("status")} lists them`,
  "pn.notMember": "the device is not in this network",
  "gba.noUicc": "there is no SIM",
  "gba.decides": "the gateway gets its key by its SIM: take the SIM out to give it a User ID and password",
  linkLost:
    "the connection to the device was lost: try again. If that does not help, another user owns it: he removes it at the Server's page, or who runs the Server releases it",
  "result.duplicateEntity":
    "another user owns the device: he removes it at the Server's page, or who runs the Server releases it",
  "result.tooManyDevices":
    "this user has as many devices as may be: remove one that is not used any more at the Server's page",
  "result.full": "as many are in it as may be: end a network, or take somebody out of it",
  "result.sessionExpired": `the session with the Server is over: run ${gatewayCommand("connect")}`,
  "result.gatewayNotEnrolled": `the Server does not know this gateway's key: run ${gatewayCommand("enrol")}`,
  "result.noMethod": "the Server does not allow this way to enrol: ask who runs it",
  "result.notListed": "the device does not understand this topic, or was not told of in this network",
  "topic.unknown": `the device has no such topic: ${gatewayCommand("status")} lists what it has`,
  "topic.kind": "a value of this kind is not for this topic",
  "enrol.notTrusted":
    "the Server could not prove who it is, and nothing was changed: check its address and pin",
  "auth.notTrusted":
    "the Server could not prove who it is, and nothing was changed: check its address and pin",
  "result.protocol":
    "what came was not understood: try again. If that does not help, gateway and Server are of releases that do not fit",
  "result.unknown":
    "what came was not understood: try again. If that does not help, gateway and Server are of releases that do not fit",
  timeout: "no answer in time: is the device still there, and near? Try again",
  "update.form": "it is no firmware image that is known here",
  "update.noKey": "the device was built without a key for updates: put firmware on it by cable",
  "update.notSigned": "the image is signed by another key than the device's",
  "update.otherBoard": "the image is for another board",
  "update.older": "the device has had firmware that this one must not take the place of",
  "update.tooBig": "the image is larger than the device has room for",
  "update.damaged": "what came was not what was signed: order it again; the device waits ten minutes",
  "update.broken": "the device's flash did not keep it",
  "update.failed":
    "three times it never reached this gateway when it ran, or came damaged: the firmware before runs",
  "credential.userID.empty": "the User ID is empty",
  "credential.userID.tooLong": "the User ID has more than 32 characters",
  "credential.userID.characters":
    "the User ID has a space at its start or end, or a letter that keypads do not have",
  "credential.password.empty": "the password is empty",
  "credential.password.tooLong": "the password has more than 64 characters",
  "credential.password.tooShort": "a new password has 8 characters or more",
  "credential.password.common": "this password is one of the first that anybody tries: choose another one",
  "credential.password.characters": "the password has a letter that keypads do not have",
} satisfies Partial<Record<ErrorCode, string>>);

const texts: Readonly<Partial<Record<ErrorCode, string>>> = words;

export const wordsOf = (code: ErrorCode): string => texts[code] ?? code;

export const gatewayWords = (error: CpnsError): string => wordsOf(error.code);

/** What a device says itself is cut after so many letters. */
const longest = 40;

/** A member of a network for the terminal: what it is called, and its topics with what they were last. */
export function memberLine({ id, name = "", here, topics }: MemberView): string {
  const told = topics.map(({ name: topic, value, unit }) => {
    if (value === undefined || typeof value === "object") return topic;
    const said = `${topic} ${shownLabel(payloadOf(value).slice(0, longest))}`;
    return unit === undefined ? said : `${said} ${unit}`;
  });
  return `${id} ${name}${here ? "" : " (away)"}${told.length === 0 ? "" : `: ${told.join(", ")}`}`;
}
