import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { ErrorCode } from "../../src/base/errorCodes.js";
import { CpnsError } from "../../src/base/errors.js";
import { ascii, hex } from "../../src/base/octets.js";
import type { Outcome } from "../../src/base/outcome.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage, messageSet } from "../../src/codec/message.js";
import { acknowledgement, failure } from "../../src/codec/replies.js";
import { Result, resultName } from "../../src/codec/results.js";
import { decode, encode } from "../../src/codec/schema.js";
import type { Exchange, GatewayPorts } from "../../src/procedure/gatewayPorts.js";
import { PNGateway } from "../../src/protocols/network/gateway.js";
import {
  LeaveFlag,
  pnDissolveNotify,
  pnEstablishmentNotify,
  pnInventoryNotify,
  pnLeaveRequest,
  pnSetupNotify,
  pnSetupNotifyResponse,
  pnSetupRequestOfGateway,
  pnUpdateRequest,
} from "../../src/protocols/network/invitations.js";
import type { MemberLink } from "../../src/protocols/network/member.js";
import {
  authenticationRequest,
  authenticationResponse,
  maximumBackhaulMessage,
  pnAuthenticationRequest,
  pnAuthenticationResponse,
  pneInfo,
  pnInventory,
  pnRegistrationRequest,
  pnRegistrationResponse,
  pnSetupRequest,
  pnSetupResponse,
  SetupType,
} from "../../src/protocols/network/messages.js";
import type { EstablishedPN } from "../../src/protocols/network/settlement.js";
import { noInfo } from "./ended.js";
import { ManualClock } from "./manualClock.js";
import { MemoryStore } from "./memoryStore.js";
import { SeededRandom } from "./seededRandom.js";

const text = (octets: Uint8Array): string => String.fromCharCode(...octets);
const toPNE = messageSet(
  ...[acknowledgement, failure, authenticationRequest, pnSetupResponse, pnEstablishmentNotify],
  ...[pnSetupNotify, pnSetupRequestOfGateway, pnInventoryNotify, pnDissolveNotify],
);
const toServer = messageSet(pnRegistrationRequest, pnAuthenticationResponse, pnUpdateRequest);
const fromPNE = messageSet(pnSetupRequest, pnSetupNotifyResponse, authenticationResponse, pnLeaveRequest);
type Request = ReturnType<typeof toServer.decode>;
type Done = Parameters<Exchange>[1];

/** A PNE on a PAN that is secure, so that nothing here needs a key. */
export class Peer {
  readonly name: string;
  readonly panSecure = true;
  readonly secured = true;
  entityID: Uint8Array | undefined;
  /** What it has been told, in order: names of messages, with what matters in them. */
  readonly heard: string[] = [];
  /** Whether it proves itself when it is asked to. */
  proves = true;
  idle = true;
  gone = false;
  invitation: Uint8Array | undefined;
  readonly #bench: GatewayPN;
  #exchange = 0;

  constructor(bench: GatewayPN, name: string) {
    this.#bench = bench;
    this.name = name;
    this.entityID = ascii(name);
  }

  get link(): MemberLink {
    return this as unknown as MemberLink;
  }

  push(make: (exchange: number) => Uint8Array): void {
    this.#told(make(100));
  }

  disconnect(): void {
    this.gone = true;
  }

  #told(octets: Uint8Array): void {
    const { name, body } = toPNE.decode(octets);
    if (name === "Failure") this.heard.push(`Failure ${resultName(body.result)}`);
    else if (name === "PNSetupResponse" || name === "PNEstablishmentNotify") {
      const members = body.pnInventory && decode(pnInventory, body.pnInventory).members;
      const who = members?.map(({ entityID }) => text(entityID)).join();
      this.heard.push(`${name} ${resultName(body.result)}${who === undefined ? "" : ` ${who}`}`);
    } else if (name === "PNSetupNotify") {
      this.invitation = body.pnID;
      const { name: label = "-", alias = "-" } = body;
      this.heard.push(`${name} ${text(body.origin)} ${label} ${alias}`);
    } else if (name === "PNSetupRequest.gateway") {
      this.invitation = body.pnID;
      this.heard.push(`${name} ${body.alias ?? "-"}`);
    } else if (name === "PNInventoryNotify") {
      this.heard.push(`${name} ${body.members.map(text).join()}`);
    } else this.heard.push(name);
    if (name === "AuthenticationRequest" && this.proves) this.proveIn(body.pnID);
  }

  /** Sends a message: the code of what that throws. */
  #ask(octets: Uint8Array): ErrorCode | undefined {
    const message = fromPNE.decode(octets);
    const { pns } = this.#bench;
    const answer = (said: Uint8Array): void => this.#told(said);
    try {
      if (message.name === "PNSetupRequest") pns.setup(this.link, message, answer);
      else if (message.name === "PNSetupNotifyResponse") pns.reply(this.link, message, answer);
      else if (message.name === "AuthenticationResponse") pns.prove(this.link, message, answer);
      else pns.leave(this.link, message, answer);
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      return error.code;
    }
    return undefined;
  }

  #info(labels: { name?: string; alias?: string } = {}): { pneInfo: Uint8Array; rand: Uint8Array } {
    const said = { entityID: ascii(this.name), flags: 1, linkKey: 0, ...labels };
    return { pneInfo: encode(pneInfo, said), rand: this.#bench.random.octets(32) };
  }

  wish(
    setupType: number = SetupType.all,
    { targets, ...labels }: { targets?: readonly string[]; name?: string; alias?: string } = {},
  ): ErrorCode | undefined {
    const wanted = targets && { targets: targets.map((one) => ascii(one)) };
    const body = { setupType, ...this.#info(labels), ...wanted };
    return this.#ask(encodeMessage(pnSetupRequest, ++this.#exchange, body));
  }

  /** Says yes to the last invitation, or no. */
  say(result: number = Result.ok, pnID = this.invitation): ErrorCode | undefined {
    assert.ok(pnID);
    const body = { pnID, result, ...(result === Result.ok && this.#info()) };
    return this.#ask(encodeMessage(pnSetupNotifyResponse, ++this.#exchange, body));
  }

  proveIn(pnID: Uint8Array): ErrorCode | undefined {
    const body = { pnID, hash: nodeSuite.sha256(ascii(this.name)) };
    return this.#ask(encodeMessage(authenticationResponse, ++this.#exchange, body));
  }

  leave(dissolve = false, pnID = this.pn?.pnID ?? new Uint8Array(16)): ErrorCode | undefined {
    const body = { pnID, flags: dissolve ? LeaveFlag.dissolve : 0 };
    return this.#ask(encodeMessage(pnLeaveRequest, ++this.#exchange, body));
  }

  get pn(): EstablishedPN | undefined {
    return this.#bench.pns.of(this.link);
  }

  /** The link is lost. */
  lose(): void {
    this.#bench.peers.delete(this.name);
    this.#bench.pns.closed(this.link);
  }

  /** What it has heard since it was asked last. */
  news(): string[] {
    return this.heard.splice(0);
  }
}

/** The PNs of a PN GW with peers that need no key, and a Server that is asked here: it lets in whom it is told to. */
export class GatewayPN {
  readonly clock = new ManualClock();
  readonly random = new SeededRandom(3);
  readonly logged: string[] = [];
  readonly peers = new Map<string, Peer>();
  readonly flash: MemoryStore;
  readonly ports: GatewayPorts;
  readonly pns: PNGateway;
  /** What the Server was asked, in order. */
  readonly asked: Request[] = [];
  /** What it says instead of yes to a registration, to one of this PN, or of one PNE. */
  refusal: Result | undefined;
  readonly refusals = new Map<string, Result>();
  readonly refused = new Map<string, Result>();
  /** Requests wait here while it is slow. */
  readonly waiting: (() => void)[] = [];
  slow = false;
  unreachable = false;
  changes = 0;
  /** By PN ID: who is in by what the Server has said, and the PN's name. */
  readonly known: Map<string, { members: string[]; alias: string | undefined }>;

  constructor(before?: GatewayPN) {
    this.flash = before?.flash ?? new MemoryStore();
    this.known = before?.known ?? new Map();
    this.ports = {
      ...{ suite: nodeSuite, random: this.random, clock: this.clock, networks: this.flash },
      log: { event: (name: string) => void this.logged.push(name) },
      gatewayID: ascii("gateway-01"),
      serverID: ascii("cpns.example"),
      info: () => ({ ...noInfo(), links: 9 }),
      fault: (error: unknown) => {
        throw error;
      },
      changed: () => {
        this.changes++;
      },
    } as unknown as GatewayPorts;
    this.pns = new PNGateway(
      this.ports,
      () => [...this.peers.values()].map(({ link }) => link),
      (octets, done) => this.#exchange(octets, done),
    );
  }

  peer(name: string): Peer {
    const peer = this.peers.get(name) ?? new Peer(this, name);
    this.peers.set(name, peer);
    return peer;
  }

  all(...names: readonly string[]): Peer[] {
    return names.map((name) => this.peer(name));
  }

  pass(seconds: number): void {
    this.clock.advance(Milliseconds(seconds * 1000));
  }

  /** The PN GW's own user starts one; how it ends. */
  create(targets: readonly string[] | "all" = "all", alias?: string): { outcome: string } {
    const came = { outcome: "nothing" };
    const wanted = targets === "all" ? targets : targets.map((one) => ascii(one));
    this.pns.create(wanted, alias, (outcome: Outcome<EstablishedPN>) => {
      came.outcome = "error" in outcome ? outcome.error.code : this.who(outcome.value).join();
    });
    return came;
  }

  who(pn: EstablishedPN | undefined): string[] {
    return (pn?.members ?? []).map(({ entityID }) => text(entityID));
  }

  /** Members of each PN. */
  get networks(): string[] {
    return this.pns.pns.map((pn) => this.who(pn).join());
  }

  #exchange(octets: Uint8Array, done: Done): void {
    const message = toServer.decode(octets, maximumBackhaulMessage);
    this.asked.push(message);
    const answer = (): void => {
      if (this.unreachable) done({ error: new CpnsError("result.serverUnreachable") });
      else done({ value: this.#answer(message) });
    };
    if (this.slow) this.waiting.push(answer);
    else answer();
  }

  /** The slow Server answers what it has been asked. */
  catchUp(): void {
    for (const answer of this.waiting.splice(0)) answer();
  }

  #answer(message: Request): Uint8Array {
    const { exchange } = message;
    const pnID = message.body.pnID;
    const known = this.known.get(hex(pnID)) ?? { members: [], alias: undefined };
    if (message.name === "PNUpdateRequest") {
      const left = message.body.left.map(text);
      known.members = known.members.filter((one) => !left.includes(one));
      return encodeMessage(acknowledgement, exchange, {});
    }
    if (message.name === "PNRegistrationRequest") {
      const result = this.refusals.get(hex(pnID)) ?? this.refusal;
      if (result !== undefined) return encodeMessage(failure, exchange, { result });
      known.alias ??= message.body.alias ?? aliasIn(message.body.members.map((one) => one.pneInfo));
      this.known.set(hex(pnID), known);
      const members = message.body.members.map((one) => ({
        entityID: decode(pneInfo, one.pneInfo).entityID,
      }));
      const body = { pnID, rand: this.random.octets(32), members };
      return encodeMessage(pnAuthenticationRequest, exchange, body, maximumBackhaulMessage);
    }
    const members = message.body.members.map(({ entityID, hash }) => {
      const result = this.refused.get(text(entityID)) ?? Result.ok;
      return result === Result.ok ? { entityID, result, hash } : { entityID, result };
    });
    const inside = members.filter(({ result }) => result === Result.ok).map(({ entityID }) => text(entityID));
    for (const one of inside) if (!known.members.includes(one)) known.members.push(one);
    const { alias } = known;
    const list = known.members.map((one) => ({ entityID: ascii(one) }));
    const inventory = { pnID, gateway: this.ports.gatewayID, members: list, ...(alias && { alias }) };
    const result = inside.length > 0 ? Result.ok : Result.refused;
    const said = inside.length > 0 && { pnInventory: encode(pnInventory, inventory) };
    const body = { pnID, result, members, ...said };
    return encodeMessage(pnRegistrationResponse, exchange, body, maximumBackhaulMessage);
  }
}

const aliasIn = (infos: readonly Uint8Array[]): string | undefined =>
  infos.map((info) => decode(pneInfo, info).alias).find((one) => one !== undefined);
