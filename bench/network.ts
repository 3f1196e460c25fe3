import { Network } from "../hosts/simulator/network/network.js";
import { type RecordedMessage, Recorder } from "../hosts/simulator/network/recorder.js";
import { VirtualClock } from "../hosts/simulator/world/clock.js";
import { ascii, hex } from "../src/base/octets.js";
import { Milliseconds } from "../src/base/units.js";
import { Method } from "../src/codec/methods.js";
import { fragmentCount } from "../src/link/fragment.js";
import type { PneCommand } from "../src/pne/ports.js";

/** One message on the link between PNE and PN GW. */
export type LinkMessage = RecordedMessage & { readonly device: string };

const interval = Milliseconds(30);

/** Runs a device through enrolment by `method`, PN establishment and a lost link; what went over its links, in order. */
export async function recordRun(method: Method, forwardSecrecy = false): Promise<readonly LinkMessage[]> {
  const clock = new VirtualClock();
  const messages: LinkMessage[] = [];
  const recorder = new Recorder((message) => {
    const { device } = message;
    if (device !== undefined) messages.push({ ...message, device });
  });
  const network = new Network({
    clock,
    seed: "bench",
    mtu: 185,
    interval,
    latency: Milliseconds(0),
    forwardSecrecy,
    devices: [{ id: "bench", keypad: "matrix", secure: false, methods: [method] }],
    keylog: (line) => recorder.key(line),
    observer: { fragment: (device, fragment) => recorder.fragment(device.id, fragment) },
  });
  await network.start([{ userID: "alice", password: "wonderland" }]);
  await clock.runFor(Milliseconds(1_000));
  const device = network.device("bench");
  const commands: readonly PneCommand[] = [
    { kind: "enrol", userID: ascii("alice"), password: ascii("wonderland") },
    { kind: "createPN" },
    { kind: "sendToServer", text: "0123456789abcdef" },
  ];
  for (const command of commands) {
    device.command(command);
    await clock.runFor(Milliseconds(10_000));
  }
  network.dropLink(device);
  await clock.runFor(Milliseconds(10_000));
  return messages;
}

/** Enrols a device without UI at the PN GW: with installed credentials, or by its Temporary Key. */
export async function recordAtGateway(how: "credentials" | "temporaryKey"): Promise<readonly LinkMessage[]> {
  const clock = new VirtualClock();
  const messages: LinkMessage[] = [];
  const recorder = new Recorder((message) => {
    const { device } = message;
    if (device !== undefined) messages.push({ ...message, device });
  });
  const entityID = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  const temporaryKey = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
  const secure = how === "credentials";
  const network = new Network({
    clock,
    seed: "bench",
    mtu: 185,
    interval,
    latency: Milliseconds(0),
    devices: [{ id: "bench", keypad: "none", secure, reachable: true, entityID, temporaryKey }],
    observer: { fragment: (device, fragment) => recorder.fragment(device.id, fragment) },
  });
  await network.start([{ userID: "alice", password: "wonderland" }]);
  await clock.runFor(Milliseconds(5_000));
  const alice = { userID: ascii("alice"), password: ascii("wonderland") };
  network.gateway.command({ kind: "enrolDevice", device: hex(entityID), how, ...alice }, (outcome) => {
    if ("error" in outcome) throw outcome.error;
  });
  await clock.runFor(Milliseconds(10_000));
  return messages;
}

/** Pushes, which have no answer in place, are among them. */
export const installed = Object.freeze([
  "UserInfoInstallRequest",
  "UserInfoInstallResponse",
  "Acknowledgement",
  "EUKeyAssignmentTrigger",
]);

export const underTemporaryKey = Object.freeze([
  "EUKeyAssignmentTrigger",
  "EUKeyAssignmentRequest.temporary",
  "EUKeyAssignmentResponse.temporary",
  "EUKeyAssignmentRequest.confirm",
  "EUKeyAssignmentResponse.ack",
]);

export const rotation = Object.freeze(["EUKeyRotationRequest", "EUKeyRotationResponse"]);

export interface ProcedureFigures {
  readonly messages: readonly RecordedMessage[];
  readonly octets: number;
  readonly largest: number;
  readonly roundTrips: number;
  /** Connection events times the interval, ms: two for each round trip while every message is one fragment. */
  readonly radio: number;
}

/** The figures of the messages with these names, in their order. */
export function figures(all: readonly RecordedMessage[], names: readonly string[]): ProcedureFigures {
  const messages = names.map((name) => {
    const found = all.find((one) => one.message?.name === name);
    if (found === undefined) throw new Error(`the run had no ${name}`);
    return found;
  });
  const sizes = messages.map((one) => one.octets);
  const events = sizes.reduce((sum, size) => sum + Math.ceil(fragmentCount(size, 185) / 4), 0);
  return {
    messages,
    octets: sizes.reduce((sum, size) => sum + size, 0),
    largest: Math.max(...sizes),
    roundTrips: messages.filter((one) => one.from === "PNE").length,
    radio: events * interval,
  };
}

/** By method; spake2plus has one round trip more. */
export const enrolment = (method: Method): readonly string[] => [
  "EUKeyAssignmentRequest",
  "EUKeyAssignmentResponse.challenge",
  ...(method === Method.spake2plus ? ["EUKeyAssignmentRequest.share", "EUKeyAssignmentResponse.share"] : []),
  "EUKeyAssignmentRequest.proof",
  "EUKeyAssignmentResponse",
  "EUKeyAssignmentRequest.confirm",
  "EUKeyAssignmentResponse.ack",
];

export const authentication = Object.freeze([
  "ConnectRequest",
  "AuthenticateRequest",
  "AuthenticateResponse",
  "ConnectResponse",
]);

export const resumption = Object.freeze(["ResumeRequest", "ResumeResponse"]);

export const establishment = Object.freeze([
  "PNSetupRequest",
  "AuthenticationRequest",
  ...authentication,
  "AuthenticationResponse",
  "PNSetupResponse",
]);
