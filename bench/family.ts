import { Network } from "../hosts/simulator/network/network.js";
import { type RecordedMessage, Recorder } from "../hosts/simulator/network/recorder.js";
import { VirtualClock } from "../hosts/simulator/world/clock.js";
import { ascii } from "../src/base/octets.js";
import { Milliseconds } from "../src/base/units.js";
import type { Application, Context } from "../src/device/application/application.js";
import { authentication } from "./network.js";

/** What devices do together, and what passes between PN GW and Server for it. */

const ids = Object.freeze(["first", "second", "third"]);

/** A PN of three, a message from one to another, renewed sessions, one that leaves; and a registration. */
export async function recordFamily(): Promise<readonly RecordedMessage[]> {
  const clock = new VirtualClock();
  const messages: RecordedMessage[] = [];
  const recorder = new Recorder((message) => messages.push(message));
  const network = new Network({
    clock,
    seed: "bench",
    mtu: 185,
    interval: Milliseconds(30),
    latency: Milliseconds(0),
    devices: ids.map((id) => ({ id, keypad: "matrix" as const, secure: false, reachable: true })),
    keylog: (line) => recorder.key(line),
    observer: {
      fragment: (device, fragment) => recorder.fragment(device.id, fragment),
      backhaul: (message) => recorder.backhaul(message),
    },
  });
  const pass = (seconds: number): Promise<void> => clock.runFor(Milliseconds(seconds * 1000));
  await network.start([{ userID: "alice", password: "wonderland" }]);
  await pass(1);
  for (const id of ids) {
    const password = ascii("wonderland");
    network.device(id).command({ kind: "enrol", userID: ascii("alice"), password });
    await pass(15);
  }
  messages.length = 0;
  const [first, second, third] = ids.map((id) => network.device(id));
  if (first === undefined || second === undefined || third === undefined) throw new Error("no devices");
  first.command({ kind: "createPN", who: "all" });
  await pass(2);
  for (const device of [second, third]) device.command({ kind: "acceptInvitation" });
  await pass(5);
  const to = second.pne?.view.entityID ?? "";
  first.command({ kind: "sendToMember", to, text: "0123456789abcdef" });
  await pass(2);
  // Their sessions are renewed in this time.
  await pass(3600);
  third.command({ kind: "leavePN" });
  await pass(2);
  const carol = { userID: ascii("carol"), password: ascii("singing in the rain") };
  network.gateway.command({ kind: "register", ...carol }, (outcome) => {
    if ("error" in outcome) throw outcome.error;
  });
  await pass(5);
  return messages;
}

/** A reading of a thermometer to the PN GW, over the session of its LocalEUKey. */
export async function recordReading(): Promise<readonly RecordedMessage[]> {
  const clock = new VirtualClock();
  const messages: RecordedMessage[] = [];
  const recorder = new Recorder((message) => messages.push(message));
  let context: Context | undefined;
  const application: Application = {
    name: "Thermometer",
    contents: [{ name: "temperature", kind: "number", direction: "offers", unit: "°C" }],
    start(given) {
      context = given;
      return {};
    },
  };
  const network = new Network({
    clock,
    seed: "bench",
    mtu: 185,
    interval: Milliseconds(30),
    latency: Milliseconds(0),
    devices: [{ id: "one", keypad: "matrix", secure: false, application: () => application }],
    keylog: (line) => recorder.key(line),
    observer: { fragment: (device, fragment) => recorder.fragment(device.id, fragment) },
  });
  await network.start([{ userID: "alice", password: "wonderland" }]);
  await clock.runFor(Milliseconds(1_000));
  const device = network.device("one");
  device.command({ kind: "enrol", userID: ascii("alice"), password: ascii("wonderland") });
  await clock.runFor(Milliseconds(20_000));
  device.command({ kind: "createPN" });
  await clock.runFor(Milliseconds(20_000));
  messages.length = 0;
  context?.send("gateway", "temperature", 21.5);
  await clock.runFor(Milliseconds(5_000));
  return messages;
}

export const reading = Object.freeze(["TopicData", "Acknowledgement"]);

export const discovery = Object.freeze(["EntityDiscoveryRequest", "EntityDiscoveryResponse"]);

/** Of one that is invited; the first is a push. */
export const invitation = Object.freeze([
  "PNSetupNotify",
  "PNSetupNotifyResponse",
  "AuthenticationRequest",
  ...authentication,
  "AuthenticationResponse",
  "PNEstablishmentNotify",
]);

/** PN GW and Server, inside their session. */
export const pnRegistration = Object.freeze([
  "PNRegistrationRequest",
  "PNAuthenticationRequest",
  "PNAuthenticationResponse",
  "PNRegistrationResponse",
]);

export const userRegistration = Object.freeze([
  "IDPWDRegistrationRequest",
  "IDPWDRegistrationResponse.challenge",
  "IDPWDRegistrationRequest.verifier",
  "IDPWDRegistrationResponse",
]);

/** From member to member: to the PN GW, on to the other, and that it has arrived. */
export const routed = Object.freeze([
  "ApplicationData",
  "ApplicationDataNotify",
  "ApplicationDataReceived",
  "Acknowledgement",
]);

export const rekeying = Object.freeze(["RekeyRequest", "RekeyResponse"]);
export const leaving = Object.freeze(["PNLeaveRequest", "PNInventoryNotify"]);
