import { equalBytes, fromHex, wipe } from "../base/octets.js";
import { attempt, contain, type Done, finished } from "../base/outcome.js";
import { encodeMessage } from "../codec/message.js";
import { acknowledgement } from "../codec/replies.js";
import { askTimeout } from "../procedure/deviceLink.js";
import { ProcedureError } from "../procedure/procedure.js";
import { runProcedure } from "../procedure/run.js";
import { deliver } from "../protocols/data/gateway.js";
import {
  Capability,
  deviceCapabilitiesQueryRequest,
  deviceCapabilitiesQueryResponse,
} from "../protocols/discovery/messages.js";
import type { PNGateway } from "../protocols/network/gateway.js";
import type { Member } from "../protocols/network/member.js";
import type { EstablishedPN } from "../protocols/network/settlement.js";
import { installCredentials } from "../protocols/provisioning/gateway.js";
import { Registration } from "../protocols/registration/client.js";
import { enrolUnderTemporaryKey } from "../protocols/temporaryKey/gateway.js";
import { TopicError, understood } from "../protocols/topics/contents.js";
import { encodeTopicMessage, isOfKind } from "../protocols/topics/message.js";
import type { GuardedPorts } from "./guard.js";
import { checkCredentials, type OwnKey } from "./ownKey.js";
import type { PneLink } from "./pneLink.js";
import type { GatewayAnswers, GatewayCommand } from "./ports.js";
import { relaying } from "./relaying.js";
import type { ServerLink } from "./serverLink.js";
import { everyDevice, type Updates } from "./updates.js";
import { deviceView, pnView } from "./view.js";

/** What the commands work on. */
export interface CommandHost {
  readonly ports: GuardedPorts;
  readonly own: OwnKey;
  readonly server: ServerLink;
  readonly pns: PNGateway;
  readonly links: readonly PneLink[];
  readonly updates: Updates;
}

export type CommandKind = GatewayCommand["kind"];
export type CommandOf<Kind extends CommandKind> = Extract<GatewayCommand, { readonly kind: Kind }>;

/** Begins a command. Throws CpnsError, with its passwords wiped, where it cannot even begin. */
type Handler<Kind extends CommandKind> = (
  host: CommandHost,
  command: CommandOf<Kind>,
  done: Done<GatewayAnswers[Kind]>,
) => void;

/** Runs a command; `done` is called once, perhaps before this returns. */
export function runCommand<Kind extends CommandKind>(
  host: CommandHost,
  command: CommandOf<Kind>,
  done: Done<GatewayAnswers[Kind]>,
): void {
  let over = false;
  const once: typeof done = (outcome) => {
    if (over) return;
    over = true;
    done(outcome);
  };
  const handler: Handler<Kind> = handlers[command.kind as Kind];
  const begun = contain(() => handler(host, command, once), host.ports.fault);
  if ("error" in begun) once(begun);
}

const handlers: { readonly [Kind in CommandKind]: Handler<Kind> } = Object.freeze({
  enrol: ({ own }, { userID, password }, done) => own.enrol(userID, password, done),
  bootstrap: ({ own }, _, done) => own.bootstrap(done),
  confirm: ({ own }, _, done) => own.confirm(done),
  // What the person hears is of now: a session that stands proves nothing of a Server that is away (C-36).
  connect({ server }, _, done) {
    server.forget();
    server.connect((outcome) => {
      const unknown = "error" in outcome && outcome.error.code === "result.refused";
      done(unknown ? { error: new ProcedureError("result.gatewayNotEnrolled") } : outcome);
    });
  },
  register,
  enrolDevice,
  queryDevice,
  disconnect({ links }, { device }, done) {
    for (const link of claiming(links, device)) link.disconnect();
    done(finished);
  },
  createPN({ pns }, { who, alias }, done) {
    const targets = who === "all" ? who : who.map(fromHex);
    pns.create(targets, alias, (outcome) => {
      if ("value" in outcome) return done({ value: pnView(outcome.value) });
      // Whose proof was refused is a device here, and no person.
      const unproven = outcome.error.code === "result.refused";
      done(unproven ? { error: new ProcedureError("pn.refused") } : outcome);
    });
  },
  dissolvePN({ pns }, { pn }, done) {
    pns.dissolve(found(pns, pn).pnID);
    done(finished);
  },
  removeMember({ pns }, { pn, member }, done) {
    if (!pns.exclude(found(pns, pn).pnID, fromHex(member))) throw new ProcedureError("pn.notMember");
    done(finished);
  },
  send,
  sendTopic,
  update({ links, pns, updates }, { device, image }, done) {
    const devices = device === "all" ? everyDevice(links, pns.pns) : [device.toLowerCase()];
    if (devices.length === 0) throw new ProcedureError("device.notThere");
    for (const one of devices) updates.order(one, image);
    done({ value: updates.view.filter((one) => devices.includes(one.device)) });
  },
  cancelUpdate({ updates }, { device }, done) {
    const devices = device === "all" ? updates.view.map((one) => one.device) : [device.toLowerCase()];
    const cancelled = devices.filter((one) => updates.cancel(one));
    if (cancelled.length === 0) throw new ProcedureError("device.notThere");
    done(finished);
  },
});

/** Throws ProcedureError("pn.unknown"). */
function found(pns: PNGateway, id: string): EstablishedPN {
  const pnID = fromHex(id);
  const pn = pns.pns.find((one) => equalBytes(one.pnID, pnID));
  if (pn === undefined) throw new ProcedureError("pn.unknown");
  return pn;
}

/** The links on which a PNE claims this Entity ID, at least one. Throws ProcedureError("device.notThere"). */
function claiming(links: readonly PneLink[], device: string): readonly [PneLink, ...PneLink[]] {
  const entityID = fromHex(device);
  const found = links.filter((one) => one.entityID !== undefined && equalBytes(one.entityID, entityID));
  const [first, ...others] = found;
  if (first === undefined) throw new ProcedureError("device.notThere");
  return [first, ...others];
}

/** REG-02, REG-10, inside the session with the Server (REG-09). */
function register(
  { ports, server }: CommandHost,
  { userID, password, oldPassword }: CommandOf<"register">,
  done: Done<GatewayAnswers["register"]>,
): void {
  const { suite, random, gatewayID, serverID } = ports;
  checkCredentials(userID, password, oldPassword);
  const options = { suite, random, gatewayID, serverID, userID, password, oldPassword };
  runProcedure(new Registration(options, 1), server.exchange.bind(server), ports.fault, done);
}

/** SEC-04, SEC-05. */
function enrolDevice(
  { ports, server, links }: CommandHost,
  { device, userID, password, how }: CommandOf<"enrolDevice">,
  done: Done<undefined>,
): void {
  checkCredentials(userID, password);
  const begun = attempt(() => {
    const claimants = enrollable(links, device);
    const exchange = server.exchange.bind(server);
    const relayed = relaying(exchange, fromHex(device));
    const credentials = { userID, password };
    const secure = claimants.some((link) => link.panSecure);
    if (how === "credentials" || (how === undefined && secure)) {
      installCredentials(ports, theOne(claimants), relayed, credentials, done);
    } else enrolUnderTemporaryKey({ ports, links: claimants, relayed, exchange }, credentials, done);
  });
  if ("value" in begun) return;
  wipe(password);
  throw begun.error;
}

/** Throws ProcedureError: "device.notThere", "device.busy", "device.hasUI" (a person types into such a device, EUK-UI-11). */
function enrollable(links: readonly PneLink[], device: string): readonly PneLink[] {
  const claimants = claiming(links, device);
  const without = claimants.filter(({ capabilities }) => ((capabilities?.flags ?? 0) & Capability.ui) === 0);
  if (without.length === 0) throw new ProcedureError("device.hasUI");
  const idle = without.filter((link) => link.idle);
  if (idle.length === 0) throw new ProcedureError("device.busy");
  return idle;
}

/**
 * Credentials are for one device: the one whose link its person has confirmed on both displays, if two claim to be it.
 * Throws ProcedureError("device.twice") when that does not tell them apart: neither gets any.
 */
function theOne(claimants: readonly PneLink[]): PneLink {
  const [first, ...others] = claimants.length > 1 ? claimants.filter((link) => link.panSecure) : claimants;
  if (first === undefined || others.length > 0) throw new ProcedureError("device.twice");
  return first;
}

/** DeviceCapabilitiesQueryRequest → …Response (PNR-04). */
function queryDevice(
  { links, pns }: CommandHost,
  { device }: CommandOf<"queryDevice">,
  done: Done<GatewayAnswers["queryDevice"]>,
): void {
  const [link] = claiming(links, device);
  link.expect(deviceCapabilitiesQueryResponse, askTimeout, (said) => {
    if ("error" in said) return done(said);
    const { message, answer } = said.value;
    link.describe(message.body);
    answer(encodeMessage(acknowledgement, message.exchange, {}));
    done({ value: deviceView(link, pns.of(link)) });
  });
  link.push((exchange) => encodeMessage(deviceCapabilitiesQueryRequest, exchange, {}));
}

/** Data of the PN GW's own for a member. */
function send(
  { ports, pns }: CommandHost,
  { pn, to, payload }: CommandOf<"send">,
  done: Done<undefined>,
): void {
  const { pnID, member } = memberOf(pns, pn, to);
  const { link } = member;
  if (link?.secured !== true) throw new ProcedureError("result.noRoute");
  deliver(link, { pnID, origin: ports.gatewayID, payload }, done);
}

/** Throws ProcedureError("pn.unknown" | "pn.notMember"). */
function memberOf(
  pns: PNGateway,
  pn: string,
  id: string,
): { readonly pnID: Uint8Array; readonly member: Member } {
  const { pnID, members } = found(pns, pn);
  const entityID = fromHex(id);
  const member = members.find((one) => equalBytes(one.entityID, entityID));
  if (member === undefined) throw new ProcedureError("pn.notMember");
  return { pnID, member };
}

/** A value for a member's application. The PN GW says nothing twice by itself: its messages have no number. */
function sendTopic(
  host: CommandHost,
  { pn, to, topic, value }: CommandOf<"sendTopic">,
  done: Done<undefined>,
): void {
  const { topics } = memberOf(host.pns, pn, to).member.topics;
  const known = understood(topics, topic);
  if (known === undefined) throw new TopicError("topic.unknown");
  if (!isOfKind(known.kind, value)) throw new TopicError("topic.kind");
  send(host, { kind: "send", pn, to, payload: encodeTopicMessage({ number: 0, topic, value }) }, done);
}
