import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { CpnsError } from "../../src/base/errors.js";
import { ascii } from "../../src/base/octets.js";
import { type Milliseconds, Seconds } from "../../src/base/units.js";
import { encodeMessage, type MessageOf, messageSet } from "../../src/codec/message.js";
import { failure } from "../../src/codec/replies.js";
import { Result, resultName } from "../../src/codec/results.js";
import type { LocalKeyData } from "../../src/keystore/schemas.js";
import type { RecordLayer } from "../../src/link/record.js";
import type { GatewayPorts } from "../../src/procedure/gatewayPorts.js";
import type { Step } from "../../src/procedure/procedure.js";
import { authenticateResponse, connectRequest } from "../../src/protocols/authentication/messages.js";
import { pnSetupNotifyResponse, pnSetupResponseOfPNE } from "../../src/protocols/network/invitations.js";
import { MemberSetup } from "../../src/protocols/network/memberSetup.js";
import {
  authenticationResponse,
  LinkKey,
  maximumBackhaulMessage,
  pnAuthenticationRequest,
  pnAuthenticationResponse,
  pnRegistrationRequest,
  pnRegistrationResponse,
  pnSetupRequest,
  SetupType,
} from "../../src/protocols/network/messages.js";
import { PNSetup } from "../../src/protocols/network/pne.js";
import { PNServer } from "../../src/protocols/network/server.js";
import type { JoinedPN, SetupOptions } from "../../src/protocols/network/setupOptions.js";
import { gatewayID, pnID, ServerPN } from "./serverPN.js";

const fromPNE = messageSet(
  pnSetupRequest,
  pnSetupNotifyResponse,
  pnSetupResponseOfPNE,
  connectRequest,
  authenticateResponse,
  authenticationResponse,
);
const registrations = messageSet(pnRegistrationRequest);
const proofs = messageSet(pnAuthenticationResponse);
const replies = messageSet(pnAuthenticationRequest, pnRegistrationResponse, failure);
type Reply = MessageOf<typeof replies>;
type Entry = MemberSetup["entry"];

/** A PNE that takes part, with the PN GW's part for it, link and all. */
export class Taking {
  readonly setup: PNSetup;
  readonly stored: LocalKeyData[] = [];
  readonly patience: (Milliseconds | undefined)[] = [];
  readonly said: string[] = [];
  /** By which number each of them goes. */
  readonly exchanges: number[] = [];
  member!: MemberSetup;
  outcome: JoinedPN | undefined;
  /** The code of the error that ended it, at either side. */
  code: string | undefined;
  /** Of the link, once it is protected: the PNE's end and the PN GW's. */
  layers: RecordLayer[] = [];
  /** A hand between PN GW and PNE. */
  hand: (octets: Uint8Array) => Uint8Array = (octets) => octets;
  changes = 0;
  /** LocalEUKey and ticket of who is in. */
  kept: ReturnType<MemberSetup["take"]> | undefined;
  readonly #bench: SetupPN;
  readonly #panSecure: boolean;
  readonly #name: string;

  constructor(bench: SetupPN, name: string, options: SetupOptions) {
    this.#bench = bench;
    this.#name = name;
    this.#panSecure = options.panSecure;
    this.setup = new PNSetup(options, 1);
  }

  start(): this {
    this.run(() => this.setup.start());
    return this;
  }

  /** What the PNE does next, and the PN GW after it. */
  run(next: () => Step<JoinedPN>): void {
    try {
      this.#do(next());
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      this.code ??= error.code;
    }
  }

  #do(step: Step<JoinedPN>): void {
    if (step.kind === "done") this.outcome = step.outcome;
    if (step.kind !== "request") return;
    if (step.protect !== undefined) this.layers.unshift(step.protect);
    this.patience.push(step.patience);
    const message = fromPNE.decode(step.octets);
    this.said.push(message.name);
    this.exchanges.push(message.exchange);
    const answer = (octets: Uint8Array): void => this.run(() => this.setup.receive(this.hand(octets)));
    if (message.name === "ConnectRequest") answer(this.member.connect(message));
    else if (message.name === "AuthenticateResponse") this.member.accept(message, answer);
    else if (message.name === "AuthenticationResponse") this.member.prove(message, answer);
    else {
      const { pneInfo, rand } = message.body;
      assert.ok(pneInfo && rand);
      const options = {
        ...{ ports: this.#bench.ofGateway, pnID, pne: ascii(this.#name), pneInfo, rand },
        ...{ initiator: message.name === "PNSetupRequest", panSecure: this.#panSecure },
        protect: (layer: RecordLayer) => void this.layers.push(layer),
        changed: () => void this.changes++,
      };
      this.member = new MemberSetup(options, { exchange: message.exchange, answer });
    }
  }
}

/** Of the devices without UI. */
export const temporaryKey = (): Uint8Array => nodeSuite.sha256(ascii("temporary"));

const preAssigned = { linkKey: LinkKey.preAssigned, capabilities: 0, temporaryKey } as const;
/** What may protect a link (LEU-01, LEU-02, LEU-04). */
export const linkKeys: readonly (readonly [string, Partial<SetupOptions>])[] = [
  ["a LocalEUKey", { linkKey: LinkKey.localEUKey }],
  ["a LocalEUKey that the PAN does not need", { linkKey: LinkKey.localEUKey, panSecure: true }],
  ["a pre-assigned key", preAssigned],
  ["a pre-assigned key that the PAN does not need", { ...preAssigned, panSecure: true }],
  ["none", { linkKey: LinkKey.none, panSecure: true }],
];

/** Establishes a PN: PNEs, the PN GW's part for each and the Server, with no radio, no clock and no routes between. */
export class SetupPN extends ServerPN {
  readonly server = new PNServer(this.ports);
  readonly gateway = {
    suite: nodeSuite,
    random: this.random,
    clock: { now: this.clock.now, after: () => ({ cancel() {} }) },
    gatewayID,
    serverID: this.serverID,
    store: { committed: undefined as { key: Uint8Array } | undefined },
  };

  /** A Server with the PN GW, and no PN. */
  async ready(): Promise<this> {
    await this.entity(gatewayID, "alice", { role: "gateway" });
    const key = () => nodeSuite.sha256(ascii("key of "), gatewayID);
    Object.defineProperty(this.gateway.store, "committed", { get: () => ({ key: key() }) });
    return this;
  }

  /** The factory's inventory has this device. */
  factoryKnows(name: string): Promise<void> {
    const row = { temporaryKey: temporaryKey(), epoch: new Uint8Array(16) };
    return this.work(({ devices }) => devices.put(Buffer.from(ascii(name)).toString("hex"), row as never));
  }

  get ofGateway(): GatewayPorts {
    return this.gateway as unknown as GatewayPorts;
  }

  /** A PNE that wants in; enrolled by Alice unless its row is put before. */
  async taking(name: string, options: Partial<SetupOptions> = {}): Promise<Taking> {
    const entityID = ascii(name);
    const known = this.store.get("entities", Buffer.from(entityID).toString("hex"));
    if (known === undefined) await this.entity(entityID, "alice");
    const made: Taking = new Taking(this, name, {
      how: { kind: "create", setupType: SetupType.oneToOne },
      suite: nodeSuite,
      random: this.random,
      clock: this.gateway.clock,
      ...{ entityID, gatewayID, serverID: this.serverID, capabilities: 1, name: undefined },
      euKey: this.key(name),
      linkKey: LinkKey.localEUKey,
      panSecure: false,
      forwardSecrecy: false,
      atLeast: Seconds(0),
      storeLocalKey: (key) => void made.stored.push({ ...key, key: key.key.slice() }),
      ...options,
    });
    return made.start();
  }

  async register(
    members: readonly Entry[],
    more: { alias?: string; gatewayInfo?: never } = {},
  ): Promise<Reply> {
    const body = { pnID, setupType: SetupType.all, members: [...members], ...more };
    const octets = encodeMessage(pnRegistrationRequest, 3, body, maximumBackhaulMessage);
    const message = registrations.decode(octets, maximumBackhaulMessage);
    const reply = await this.work((tables) => this.server.register(tables, gatewayID, message));
    return this.#reply(reply, 3);
  }

  async prove(members: readonly { entityID: Uint8Array; hash: Uint8Array }[]): Promise<Reply> {
    const octets = encodeMessage(pnAuthenticationResponse, 4, { pnID, members: [...members] });
    const message = proofs.decode(octets);
    const reply = await this.work((tables) => this.server.authenticate(tables, gatewayID, message));
    return this.#reply(reply, 4);
  }

  #reply(octets: Uint8Array, exchange: number): Reply {
    const reply = replies.decode(octets, maximumBackhaulMessage);
    assert.equal(reply.exchange, exchange);
    return reply;
  }

  /** The first half: each is asked for its proof. The Result when the Server asks for none. */
  async offer(all: readonly Taking[], more: { alias?: string } = {}): Promise<string> {
    const reply = await this.register(
      all.map(({ member }) => member.entry),
      more,
    );
    if (reply.name === "Failure") return resultName(reply.body.result);
    assert.ok(reply.name === "PNAuthenticationRequest");
    const { rand, members } = reply.body;
    for (const one of all) {
      const own = members.find(({ entityID }) => Buffer.from(entityID).equals(one.member.pne));
      one.run(() => {
        one.member.authenticate(rand, own);
        return { kind: "derive" } as never;
      });
    }
    return "asked";
  }

  /** The second: the Server's word to each. */
  async settle(all: readonly Taking[]): Promise<string> {
    const proven = all.flatMap(({ member }) =>
      member.hash === undefined ? [] : [{ entityID: member.pne, hash: member.hash }],
    );
    const reply = await this.prove(proven);
    if (reply.name === "Failure") return resultName(reply.body.result);
    assert.ok(reply.name === "PNRegistrationResponse");
    const { members, pnInventory, result } = reply.body;
    for (const one of all) {
      const own = members.find(({ entityID }) => Buffer.from(entityID).equals(one.member.pne));
      if (own?.result === Result.ok) one.kept = one.member.take();
      one.member.verdict((own?.result ?? Result.refused) as Result, pnInventory, own?.hash);
    }
    return resultName(result);
  }

  async establish(all: readonly Taking[], more: { alias?: string } = {}): Promise<string> {
    const asked = await this.offer(all, more);
    return asked === "asked" ? this.settle(all) : asked;
  }
}
